using System.Net;
using System.Net.Sockets;

namespace Net2Secure.Routing.ConsoleHost.Demo;

/// <summary>Finds a port for the demonstration.</summary>
internal static class FreePort
{
    private const int Tries = 100;

    /// <summary>The URL, with the next free port where its own is taken.</summary>
    public static string From(string url)
    {
        var wanted = new Uri(url);
        for (var port = wanted.Port; port < wanted.Port + Tries; port++)
        {
            if (IsFree(port)) return $"{wanted.Scheme}://{wanted.Host}:{port}";
        }

        return url;
    }

    private static bool IsFree(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
