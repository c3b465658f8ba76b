namespace Net2Secure.Routing.Proxying;

/// <summary>Tells a destination about the client: its address, and the host, scheme and path base that it asked for.</summary>
/// <remarks>By default <c>X-Forwarded-For</c>, <c>-Proto</c>, <c>-Host</c> and <c>-Prefix</c> are set. Any of these calls takes the place of that default.</remarks>
public static class ForwardedTransformExtensions
{
    /// <summary>Adds an entry for the <c>X-Forwarded-*</c> fields.</summary>
    /// <param name="route">The route.</param>
    /// <param name="headerPrefix">What the names of all four begin with.</param>
    /// <param name="xDefault">What to do with each that has no action of its own.</param>
    /// <param name="xFor">What to do with the client's address.</param>
    /// <param name="xHost">What to do with the host.</param>
    /// <param name="xProto">What to do with the scheme.</param>
    /// <param name="xPrefix">What to do with the path base.</param>
    public static RouteOptions WithTransformXForwarded(this RouteOptions route, string headerPrefix = "X-Forwarded-",
        ForwardedTransformActions xDefault = ForwardedTransformActions.Set, ForwardedTransformActions? xFor = null, ForwardedTransformActions? xHost = null,
        ForwardedTransformActions? xProto = null, ForwardedTransformActions? xPrefix = null)
        => route.WithTransform(entry =>
        {
            entry[TransformNames.XForwarded] = xDefault.ToString();
            entry["HeaderPrefix"] = headerPrefix;
            if (xFor is not null) entry["For"] = xFor.Value.ToString();
            if (xHost is not null) entry["Host"] = xHost.Value.ToString();
            if (xProto is not null) entry["Proto"] = xProto.Value.ToString();
            if (xPrefix is not null) entry["Prefix"] = xPrefix.Value.ToString();
        });

    /// <summary>Adds an entry for the <c>Forwarded</c> field of RFC 7239.</summary>
    public static RouteOptions WithTransformForwarded(this RouteOptions route, bool useHost = true, bool useProto = true, NodeFormat forFormat = NodeFormat.Random,
        NodeFormat byFormat = NodeFormat.Random, ForwardedTransformActions action = ForwardedTransformActions.Set)
        => route.WithTransform(entry =>
        {
            var parameters = new List<string>(4);
            if (useProto) parameters.Add("proto");
            if (useHost) parameters.Add("host");
            if (forFormat != NodeFormat.None) parameters.Add("for");
            if (byFormat != NodeFormat.None) parameters.Add("by");
            entry[TransformNames.Forwarded] = string.Join(',', parameters);
            entry["Action"] = action.ToString();
            if (forFormat != NodeFormat.None) entry["ForFormat"] = forFormat.ToString();
            if (byFormat != NodeFormat.None) entry["ByFormat"] = byFormat.ToString();
        });

    /// <summary>Adds an entry that hands on the client's certificate.</summary>
    public static RouteOptions WithTransformClientCertHeader(this RouteOptions route, string headerName) => route.WithTransform(TransformNames.ClientCert, headerName);

    /// <summary>Does the same with all four <c>X-Forwarded-*</c> fields.</summary>
    public static TransformBuilderContext AddXForwarded(this TransformBuilderContext context, ForwardedTransformActions action = ForwardedTransformActions.Set)
        => Add(context, XForwardedTransform.ForPrefix(XForwardedTransform.DefaultPrefix, action));

    /// <summary>Tells the client's address, without port.</summary>
    public static TransformBuilderContext AddXForwardedFor(
        this TransformBuilderContext context, string headerName = "X-Forwarded-For", ForwardedTransformActions action = ForwardedTransformActions.Set)
        => Add(context, headerName, XForwardedValue.For, action);

    /// <summary>Tells the host that the client asked for, with its port as sent.</summary>
    public static TransformBuilderContext AddXForwardedHost(
        this TransformBuilderContext context, string headerName = "X-Forwarded-Host", ForwardedTransformActions action = ForwardedTransformActions.Set)
        => Add(context, headerName, XForwardedValue.Host, action);

    /// <summary>Tells the scheme that the client used.</summary>
    public static TransformBuilderContext AddXForwardedProto(
        this TransformBuilderContext context, string headerName = "X-Forwarded-Proto", ForwardedTransformActions action = ForwardedTransformActions.Set)
        => Add(context, headerName, XForwardedValue.Proto, action);

    /// <summary>Tells the path base of the application, escaped, where it has one.</summary>
    public static TransformBuilderContext AddXForwardedPrefix(
        this TransformBuilderContext context, string headerName = "X-Forwarded-Prefix", ForwardedTransformActions action = ForwardedTransformActions.Set)
        => Add(context, headerName, XForwardedValue.Prefix, action);

    /// <summary>Tells the same in <c>Forwarded</c> (RFC 7239). What the client sent of <c>X-Forwarded-*</c> is dropped, unless the route sets these too.</summary>
    /// <param name="context">The transforms of a route.</param>
    /// <param name="useHost">Whether the host is told.</param>
    /// <param name="useProto">Whether the scheme is told.</param>
    /// <param name="forFormat">How the client is named.</param>
    /// <param name="byFormat">How the address that it connected to is named.</param>
    /// <param name="action">What to do with the field.</param>
    public static TransformBuilderContext AddForwarded(this TransformBuilderContext context, bool useHost = true, bool useProto = true,
        NodeFormat forFormat = NodeFormat.Random, NodeFormat byFormat = NodeFormat.Random, ForwardedTransformActions action = ForwardedTransformActions.Set)
    {
        ArgumentNullException.ThrowIfNull(context);
        context.UseDefaultForwarders = false;
        if (action != ForwardedTransformActions.Off) context.RequestTransforms.Add(new ForwardedTransform(useHost, useProto, forFormat, byFormat, action));
        return context;
    }

    /// <summary>Hands on the client's certificate, in Base64 of DER, where the connection has one. What a client sent under that name is dropped.</summary>
    public static TransformBuilderContext AddClientCertHeader(this TransformBuilderContext context, string headerName)
    {
        ArgumentNullException.ThrowIfNull(context);
        TransformFields.ThrowFor(TransformFields.SetNameProblem(headerName), nameof(headerName));
        context.RequestTransforms.Add(new ClientCertTransform(headerName));
        return context;
    }

    internal static TransformBuilderContext Add(this TransformBuilderContext context, XForwardedTransform transform)
    {
        ArgumentNullException.ThrowIfNull(context);
        context.UseDefaultForwarders = false;
        context.RequestTransforms.Add(transform);
        return context;
    }

    private static TransformBuilderContext Add(TransformBuilderContext context, string headerName, XForwardedValue value, ForwardedTransformActions action)
    {
        TransformFields.ThrowFor(TransformFields.SetNameProblem(headerName), nameof(headerName));
        return Add(context, new XForwardedTransform(headerName, [new(headerName, value, action)]));
    }
}
