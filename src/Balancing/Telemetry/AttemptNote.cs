namespace Net2Secure.Routing.Balancing;

/// <summary>One attempt as it was written down.</summary>
/// <param name="DestinationId">Who was asked.</param>
/// <param name="Started">Timestamp of its start.</param>
/// <param name="Number">Which of the attempts of the request it was, from 1.</param>
/// <param name="Status">Status of the answer; 0 while there is none.</param>
/// <param name="Failure">How it failed, one of <see cref="AttemptFailureKinds"/>; <see langword="null"/>: it did not.</param>
/// <param name="Elapsed">Time to the head of the answer or to the failure; <see langword="null"/> while neither is there.</param>
internal readonly record struct AttemptNote(string DestinationId, long Started, int Number, int Status, string? Failure, TimeSpan? Elapsed);
