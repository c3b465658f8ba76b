namespace Net2Secure.Routing.Proxying;

/// <summary>States of an endpoint of this product (metrics, purges, the dashboard) that code which the audit cannot see decides who may use it: a check of the local port of the connection, say.</summary>
/// <remarks>As metadata of the endpoint: <c>app.MapNet2Metrics().AllowAnonymous().WithMetadata(new GuardedElsewhereAttribute("only on the port for metrics"))</c>. It changes nothing but what the audit says.</remarks>
/// <param name="reason">What guards it, for those who read the code.</param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class GuardedElsewhereAttribute(string reason) : Attribute
{
    /// <summary>What guards it.</summary>
    public string Reason => reason;
}
