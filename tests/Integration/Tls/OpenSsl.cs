using System.Diagnostics;
using System.Globalization;
using Net2Secure.Routing.Integration.Forwarding;

namespace Net2Secure.Routing.Integration.Tls;

/// <summary>The client of OpenSSL, an implementation of TLS that tells what it sees.</summary>
internal static class OpenSsl
{
    /// <summary>Connects, says what is to be said, and waits for the end of the connection.</summary>
    /// <param name="proxy">Where to.</param>
    /// <param name="request">What to say after the handshake; empty to hang up.</param>
    /// <param name="options">Options of <c>openssl s_client</c>.</param>
    /// <returns>Everything it prints.</returns>
    public static Task<string> ConnectAsync(Uri proxy, string request, params string[] options) =>
        RunAsync(request, ["s_client", "-connect", string.Create(CultureInfo.InvariantCulture, $"{proxy.Host}:{proxy.Port}"), .. options]);

    /// <summary>Runs a command of it.</summary>
    public static async Task<string> RunAsync(string input, params string[] arguments)
    {
        var start = new ProcessStartInfo("openssl", arguments) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        using var patience = new CancellationTokenSource(ProxyUnderTest.Patience);
        using var process = Process.Start(start)!;
        try
        {
            var (output, errors) = (process.StandardOutput.ReadToEndAsync(patience.Token), process.StandardError.ReadToEndAsync(patience.Token));
            await process.StandardInput.WriteAsync(input.AsMemory(), patience.Token);
            // At the end of its input the client would hang up at once, so it stays open where there is an answer to wait for.
            if (input.Length == 0) process.StandardInput.Close();
            await process.WaitForExitAsync(patience.Token);
            return await output + await errors;
        }
        finally
        {
            if (!process.HasExited) process.Kill();
        }
    }
}
