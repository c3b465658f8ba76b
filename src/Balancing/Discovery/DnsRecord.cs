using System.Net;

namespace Net2Secure.Routing.Balancing;

/// <summary>The types of records that are asked for.</summary>
internal enum DnsRecordType : ushort
{
    A = 1,
    CName = 5,
    Aaaa = 28,
    Srv = 33,
}

/// <summary>One record of an answer.</summary>
/// <param name="Type">What it is.</param>
/// <param name="TimeToLive">How long it may be kept.</param>
/// <param name="Address">Of A and AAAA.</param>
/// <param name="Target">Of SRV and CNAME: a name in small letters; empty for the root.</param>
/// <param name="Port">Of SRV.</param>
/// <param name="Priority">Of SRV: lower ones are tried first.</param>
/// <param name="Weight">Of SRV.</param>
internal sealed record DnsRecord(DnsRecordType Type, TimeSpan TimeToLive, IPAddress? Address = null, string Target = "", int Port = 0, int Priority = 0, int Weight = 0);
