using System.Text.Json;

namespace Net2Secure.Routing.Proxying.Dashboard;

/// <summary>A state, and the bytes that all who watch are sent of it.</summary>
internal sealed class DashboardFrame(DashboardState state, byte[]? change)
{
    private byte[]? _whole;

    public DashboardState State => state;

    /// <summary>What has changed since the state before, as JSON; <see langword="null"/>: more than can be told like that.</summary>
    public byte[]? Change => change;

    /// <summary>The state as JSON. Made when it is first asked for.</summary>
    public byte[] Whole => _whole ??= JsonSerializer.SerializeToUtf8Bytes(state, DashboardJson.Default.DashboardState);
}
