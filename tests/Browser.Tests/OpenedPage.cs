using System.Collections.Concurrent;
using Microsoft.Playwright;

namespace Net2Secure.Routing.Browser.Tests;

/// <summary>A page, and what the browser complained of.</summary>
internal sealed class OpenedPage : IAsyncDisposable
{
    private readonly IBrowserContext _context;
    private readonly ConcurrentQueue<string> _complaints = new();

    public OpenedPage(IBrowserContext context, IPage page)
    {
        _context = context;
        Page = page;
        // Breaches of the Content-Security-Policy are told on the console.
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning") _complaints.Enqueue(message.Text);
        };
        page.PageError += (_, error) => _complaints.Enqueue(error);
        page.RequestFailed += (_, request) => _complaints.Enqueue($"{request.Url} failed: {request.Failure}");
        page.Request += (_, request) => Asked.Add(new Uri(request.Url));
    }

    public IPage Page { get; }

    /// <summary>All that the page has asked for.</summary>
    public ConcurrentBag<Uri> Asked { get; } = [];

    public IEnumerable<string> Complaints => _complaints;

    public async ValueTask DisposeAsync() => await _context.DisposeAsync();
}
