namespace Net2Secure.Routing.Proxying.Serving;

/// <summary>The way out of a connection that can send bytes from where they lie. A feature of connections of <see cref="PolledTransport"/>.</summary>
internal interface ILendingOutput
{
    /// <summary>From here to <see cref="EndLoan"/> the memory that this thread asks the output for is this. Who gets it must not write to it: it is there to be advanced past.</summary>
    /// <remarks>The bytes have to stay as they are until a flush has ended that began later.</remarks>
    void Lend(ReadOnlyMemory<byte> bytes);

    /// <summary>Ends the loan; memory that was not asked for meanwhile is forgotten.</summary>
    void EndLoan();
}
