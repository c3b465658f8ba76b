using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Net2Secure.Routing.Proxying.Shielding;

namespace Net2Secure.Routing.Proxying;

/// <summary>Tells the destination who the client is and what it asked for, in the field of RFC 7239. What the client sent of <c>X-Forwarded-*</c> is dropped.</summary>
internal sealed class ForwardedTransform(
    bool useHost, bool useProto, NodeFormat forFormat, NodeFormat byFormat, ForwardedTransformActions action, Func<string>? newIdentifier = null) : RequestTransform
{
    private const string Field = "Forwarded";
    private const string IdentifierCharacters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private const int IdentifierLength = 10;
    private static readonly SearchValues<char> TokenCharacters =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    // Nobody may learn from one identifier what the next will be, or that two belong together (RFC 7239 §6.3, §8.3).
    private readonly Func<string> _newIdentifier = newIdentifier ?? (static () => RandomNumberGenerator.GetString(IdentifierCharacters, IdentifierLength));
    private XForwardedTransform? _others = XForwardedTransform.ForPrefix(XForwardedTransform.DefaultPrefix, ForwardedTransformActions.Remove, dropForwarded: false);

    /// <summary>The same, for a route that fills <c>X-Forwarded-*</c> too.</summary>
    public ForwardedTransform BesideXForwarded() => new(useHost, useProto, forFormat, byFormat, action, _newIdentifier) { _others = null };

    internal override bool KeepsReceivedFields => true;

    public override ValueTask ApplyAsync(RequestTransformContext context)
    {
        _others?.Apply(context);
        var before = TakeHeader(context, Field);
        if (action == ForwardedTransformActions.Remove) return default;
        var value = new StringBuilder(96);
        var origin = action == ForwardedTransformActions.Append && before.Count > 0 ? context.HttpContext.Features.Get<ClientOrigin>() : null;
        if (action == ForwardedTransformActions.Append && origin is not { IsTrusted: false })
        {
            for (var i = 0; i < before.Count; i++) value.Append(before[i]).Append(", ");
        }
        var start = value.Length;
        Write(value, context.HttpContext, origin is { IsTrusted: true } ? origin : null);
        if (value.Length == start && start > 0) value.Length -= 2;
        if (value.Length > 0) AddHeader(context, Field, value.ToString());
        return default;
    }

    // What is appended to the word of a trusted proxy is that proxy; the client is in the list already.
    private void Write(StringBuilder value, HttpContext context, ClientOrigin? origin)
    {
        if (useProto) Pair(value, "proto", origin?.Scheme ?? context.Request.Scheme);
        if (useHost && XForwardedTransform.HostText(context.Request.Host) is { Length: > 0 } host) Pair(value, "host", host);
        var connection = context.Connection;
        if (forFormat != NodeFormat.None) Pair(value, "for", Node(forFormat, origin?.Peer ?? connection.RemoteIpAddress, origin is null ? connection.RemotePort : 0));
        if (byFormat != NodeFormat.None) Pair(value, "by", Node(byFormat, connection.LocalIpAddress, connection.LocalPort));
    }

    private string Node(NodeFormat format, IPAddress? address, int port)
    {
        var name = format switch
        {
            NodeFormat.Random or NodeFormat.RandomAndPort or NodeFormat.RandomAndRandomPort => "_" + _newIdentifier(),
            NodeFormat.Ip or NodeFormat.IpAndPort or NodeFormat.IpAndRandomPort when address is not null => AddressNode(address),
            _ => "unknown",
        };
        return format switch
        {
            NodeFormat.RandomAndPort or NodeFormat.UnknownAndPort or NodeFormat.IpAndPort when port > 0 => $"{name}:{port.ToString(CultureInfo.InvariantCulture)}",
            NodeFormat.RandomAndRandomPort or NodeFormat.UnknownAndRandomPort or NodeFormat.IpAndRandomPort => $"{name}:_{_newIdentifier()}",
            _ => name,
        };
    }

    private static string AddressNode(IPAddress address)
        => address.AddressFamily == AddressFamily.InterNetworkV6 && !address.IsIPv4MappedToIPv6 ? $"[{AddressText.Of(address)}]" : AddressText.Of(address);

    // Anything but a token goes in quotes (RFC 7239 §4).
    private static void Pair(StringBuilder target, string name, string value)
    {
        if (target.Length > 0 && target[^1] != ' ') target.Append(';');
        target.Append(name).Append('=');
        if (!value.AsSpan().ContainsAnyExcept(TokenCharacters))
        {
            target.Append(value);
            return;
        }
        target.Append('"');
        foreach (var character in value)
        {
            if (character is '"' or '\\') target.Append('\\');
            target.Append(character);
        }
        target.Append('"');
    }
}
