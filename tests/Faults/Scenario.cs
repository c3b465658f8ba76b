namespace Net2Secure.Routing.Faults;

/// <summary>A fault: what happens to which backend, for how long, and how it ends.</summary>
/// <param name="Name">Its name on the command line.</param>
/// <param name="Faulty">How many backends it befalls, counted from the first.</param>
/// <param name="Lasts">How long.</param>
/// <param name="Begin">What happens.</param>
/// <param name="End">How it is undone.</param>
/// <param name="IsSlow">Whether the faulty one is slow by intention, so that slow answers of it are no news.</param>
internal sealed record Scenario(string Name, int Faulty, TimeSpan Lasts, Func<IReadOnlyList<Backend>, Task> Begin, Func<IReadOnlyList<Backend>, Task> End, bool IsSlow = false)
{
    public static IReadOnlyList<Scenario> All { get; } =
    [
        new("kill-one", 1, Seconds(6), b => b[0].KillAsync(), b => b[0].StartAsync()),
        new("kill-three", 3, Seconds(6), b => Task.WhenAll(b.Take(3).Select(x => x.KillAsync())), b => Task.WhenAll(b.Take(3).Select(x => x.StartAsync()))),
        new("freeze-one", 1, Seconds(8), b => Do(b[0].Freeze), b => Do(b[0].Thaw)),
        new("errors-30", 1, Seconds(8), b => b[0].TellAsync("errors=0.3&status=503"), b => b[0].TellAsync("errors=0")),
        new("errors-500", 1, Seconds(8), b => b[0].TellAsync("errors=1&status=500"), b => b[0].TellAsync("errors=0")),
        new("slow-one", 1, Seconds(8), b => b[0].TellAsync("delay=500"), b => b[0].TellAsync("delay=0"), IsSlow: true),
        new("drain-by-probe", 1, Seconds(8), b => b[0].TellAsync("health=503"), b => b[0].TellAsync("health=200")),
        new("all-probes-lie", 4, Seconds(8), b => Task.WhenAll(b.Select(x => x.TellAsync("health=500"))), b => Task.WhenAll(b.Select(x => x.TellAsync("health=200")))),
        new("rolling-restart", 4, Seconds(12), RollAsync, _ => Task.CompletedTask),
        new("flapping", 1, Seconds(12), FlapAsync, _ => Task.CompletedTask),
        new("all-down", 4, Seconds(6), b => Task.WhenAll(b.Select(x => x.KillAsync())), b => b[0].StartAsync()),
    ];

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);

    private static Task Do(Action action)
    {
        action();
        return Task.CompletedTask;
    }

    private static async Task RollAsync(IReadOnlyList<Backend> backends)
    {
        foreach (var backend in backends)
        {
            await backend.KillAsync();
            await Task.Delay(Seconds(2));
            await backend.StartAsync();
            await Task.Delay(Seconds(0.7));
        }
    }

    private static async Task FlapAsync(IReadOnlyList<Backend> backends)
    {
        for (var i = 0; i < 6; i++)
        {
            await backends[0].KillAsync();
            await Task.Delay(Seconds(1));
            await backends[0].StartAsync();
            await Task.Delay(Seconds(0.7));
        }
    }
}
