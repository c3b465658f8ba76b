namespace Net2Secure.Routing.Proxying.Serving;

/// <summary>The way out of a connection that can send bytes from where they lie. A feature of connections of <see cref="PolledTransport"/>.</summary>
/// <remarks>The lender calls <see cref="TryLend"/> as often as there are parts, asks the output for memory, and calls <see cref="EndLoan"/>. Was the memory the stand-in, then advancing past all of it
/// is writing the parts; else nothing was lent, and they are copied. The bytes have to stay as they are until a flush has ended that began later, or what was handed over with them is let go (<see cref="IDeferringOutput.TryDeferNext"/>).</remarks>
internal interface ILendingOutput : IDeferringOutput
{
    /// <summary>Whether what is written to the connection goes out as it is: no TLS, and nobody else between.</summary>
    bool CanLend { get; }

    /// <summary>Adds a part to what the memory stands for that this thread will be given, until <see cref="EndLoan"/>.</summary>
    /// <returns><see langword="false"/>: bytes of this kind, or so many, cannot be lent.</returns>
    bool TryLend(ReadOnlyMemory<byte> bytes);

    /// <summary>Ends the loan; parts that no memory was asked for are forgotten.</summary>
    /// <param name="room">The memory that was given.</param>
    /// <returns>Whether it is the stand-in. It is there to be advanced past, not to be written to.</returns>
    bool EndLoan(ReadOnlyMemory<byte> room);
}
