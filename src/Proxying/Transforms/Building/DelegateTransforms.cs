namespace Net2Secure.Routing.Proxying;

internal sealed class DelegateRequestTransform(Func<RequestTransformContext, ValueTask> apply) : RequestTransform
{
    public override ValueTask ApplyAsync(RequestTransformContext context) => apply(context);
}

internal sealed class DelegateResponseTransform(Func<ResponseTransformContext, ValueTask> apply) : ResponseTransform
{
    public override ValueTask ApplyAsync(ResponseTransformContext context) => apply(context);
}

internal sealed class DelegateResponseTrailersTransform(Func<ResponseTrailersTransformContext, ValueTask> apply) : ResponseTrailersTransform
{
    public override ValueTask ApplyAsync(ResponseTrailersTransformContext context) => apply(context);
}
