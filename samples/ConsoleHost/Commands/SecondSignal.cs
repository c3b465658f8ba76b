using System.Runtime.InteropServices;

namespace Net2Secure.Routing.ConsoleHost.Commands;

/// <summary>The first SIGTERM or Ctrl+C lets requests finish. Whoever sends a second one does not want to wait: it ends the process.</summary>
internal sealed class SecondSignal : IDisposable
{
    private readonly PosixSignalRegistration[] _registrations;
    private int _received;

    public SecondSignal() => _registrations = [PosixSignalRegistration.Create(PosixSignal.SIGTERM, Receive), PosixSignalRegistration.Create(PosixSignal.SIGINT, Receive)];

    public void Dispose()
    {
        foreach (var registration in _registrations) registration.Dispose();
    }

    private void Receive(PosixSignalContext context)
    {
        // As a shell has it: 128 and the number of the signal.
        if (Interlocked.Increment(ref _received) > 1) Environment.Exit(context.Signal == PosixSignal.SIGINT ? 130 : 143);
    }
}
