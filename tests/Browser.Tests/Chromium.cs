using Microsoft.Playwright;

namespace Net2Secure.Routing.Browser.Tests;

/// <summary>The Chromium that is installed, without a window. One for all tests.</summary>
public sealed class Chromium : IAsyncLifetime
{
    private static readonly string[] Places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public async ValueTask InitializeAsync()
    {
        var place = Array.Find(Places, File.Exists) ?? throw new InvalidOperationException($"There is none of {string.Join(", ", Places)}: the tests need an installed Chromium.");
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = place, Args = ["--no-sandbox", "--disable-gpu"], Timeout = 60_000 });
    }

    /// <summary>Opens a page and waits until it is live; notes everything that a browser complains of.</summary>
    internal async Task<OpenedPage> OpenAsync(Uri address, BrowserNewContextOptions? options = null)
    {
        var context = await _browser!.NewContextAsync(options ?? new() { ViewportSize = new() { Width = 1280, Height = 900 } });
        context.SetDefaultTimeout(30_000);
        var opened = new OpenedPage(context, await context.NewPageAsync());
        await opened.Page.GotoAsync(new Uri(address, "/_net2").ToString());
        await opened.Page.Locator("#live[data-state=on]").WaitForAsync();
        return opened;
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null) await _browser.DisposeAsync();
        _playwright?.Dispose();
    }
}
