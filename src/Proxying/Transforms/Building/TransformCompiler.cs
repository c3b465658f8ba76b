namespace Net2Secure.Routing.Proxying;

/// <summary>Turns what a context gathered into what the forwarder runs.</summary>
internal static class TransformCompiler
{
    public static RouteTransforms Compile(TransformBuilderContext context)
    {
        var copyRequest = context.CopyRequestHeaders ?? true;
        var copyResponse = context.CopyResponseHeaders ?? true;
        var copyTrailers = context.CopyResponseTrailers ?? true;
        var originalHost = context.UseOriginalHost ?? false;

        var request = new List<RequestTransform>(context.RequestTransforms.Count + 2);
        if (context.AllowedRequestFields.Count > 0)
        {
            copyRequest = false;
            originalHost |= context.AllowedRequestFields.Contains("Host", StringComparer.OrdinalIgnoreCase);
            request.Add(new RequestFieldsAllowedTransform(context.AllowedRequestFields));
        }
        else if (!copyRequest)
        {
            request.Add(RequestFieldsNotCopiedTransform.Instance);
        }
        if (context.UseDefaultForwarders ?? true) request.Add(XForwardedTransform.Default);
        request.AddRange(context.RequestTransforms);
        LetForwardersStandTogether(request);

        var response = new List<ResponseTransform>(context.ResponseTransforms.Count + 1);
        if (context.AllowedResponseFields.Count > 0)
        {
            copyResponse = false;
            response.Add(new ResponseFieldsAllowedTransform(context.AllowedResponseFields));
        }
        else if (!copyResponse)
        {
            response.Add(ResponseFieldsNotCopiedTransform.Instance);
        }
        response.AddRange(context.ResponseTransforms);

        var trailers = new List<ResponseTrailersTransform>(context.ResponseTrailersTransforms.Count + 1);
        if (context.AllowedTrailerFields.Count > 0)
        {
            copyTrailers = false;
            trailers.Add(new ResponseTrailersAllowedTransform(context.AllowedTrailerFields));
        }
        else if (!copyTrailers)
        {
            trailers.Add(ResponseTrailersNotCopiedTransform.Instance);
        }
        trailers.AddRange(context.ResponseTrailersTransforms);

        return new RouteTransforms
        {
            CopyRequestHeaders = copyRequest,
            CopyResponseHeaders = copyResponse,
            CopyResponseTrailers = copyTrailers,
            UseOriginalHost = originalHost,
            Request = [.. request],
            Response = [.. response],
            ResponseTrailers = [.. trailers],
        };
    }

    // X-Forwarded alone drops the client's Forwarded, and the other way round; where a route asks for both, neither may drop what the other made.
    private static void LetForwardersStandTogether(List<RequestTransform> transforms)
    {
        if (!transforms.Exists(transform => transform is ForwardedTransform) || !transforms.Exists(transform => transform is XForwardedTransform)) return;
        for (var i = 0; i < transforms.Count; i++)
        {
            transforms[i] = transforms[i] switch
            {
                XForwardedTransform known => known.BesideForwarded(),
                ForwardedTransform standard => standard.BesideXForwarded(),
                var other => other,
            };
        }
    }
}
