namespace Net2Secure.Routing.Proxying;

internal sealed class DelegateTransformProvider(Action<TransformBuilderContext> apply) : ITransformProvider
{
    public void Apply(TransformBuilderContext context) => apply(context);
}
