namespace Net2Secure.Routing.Proxying;

/// <summary>One attempt of a request.</summary>
/// <param name="Number">Which it was, from 1.</param>
/// <param name="DestinationId">Who was asked.</param>
/// <param name="Start">When, from the beginning of the request.</param>
/// <param name="Duration">Time to the head of the answer or to the failure; <see langword="null"/>: neither had come when the request ended.</param>
/// <param name="Status">Status of the answer; 0: none.</param>
/// <param name="Failure">How it failed, one of <see cref="Balancing.AttemptFailureKinds"/>; <see langword="null"/>: it did not.</param>
public sealed record AttemptExplanation(int Number, string DestinationId, TimeSpan Start, TimeSpan? Duration, int Status, string? Failure);
