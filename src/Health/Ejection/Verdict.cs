namespace Net2Secure.Routing.Health;

/// <summary>Why a destination is to be ejected.</summary>
/// <param name="Rule">Name of the rule, one of a few: serves metrics.</param>
/// <param name="Reason">For people: a few words.</param>
/// <param name="IsUnreachable">Whether it does not answer at all, which a restart or a closed port may be and may soon be over; otherwise it answers badly.</param>
internal readonly record struct Verdict(string Rule, string Reason, bool IsUnreachable);
