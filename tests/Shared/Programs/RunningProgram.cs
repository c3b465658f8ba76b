using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Net2Secure.Routing.Testing;

/// <summary>A program that runs as a process of its own, with what it prints. It is ended with the test.</summary>
internal sealed class RunningProgram : IAsyncDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _errors = new();
    private readonly string _name;
    private TaskCompletionSource _printed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private RunningProgram(ProcessStartInfo start)
    {
        _name = $"{start.FileName} {string.Join(' ', start.ArgumentList)}";
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Append(_output, line.Data);
        _process.ErrorDataReceived += (_, line) => Append(_errors, line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>No test waits longer than this for a program to say or do something.</summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(60);

    public string Output => Read(_output);

    public string Errors => Read(_errors);

    public bool HasEnded => _process.HasExited;

    /// <summary>Starts a built executable project of the repository, such as <c>samples/ConsoleHost</c>.</summary>
    public static RunningProgram StartProject(string project, IEnumerable<string> args, string? folder = null, IReadOnlyDictionary<string, string>? environment = null) =>
        Start("dotnet", ["exec", Repository.AssemblyOf(project), .. args], folder, environment);

    /// <summary>Starts any program.</summary>
    public static RunningProgram Start(string program, IEnumerable<string> args, string? folder = null, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(program)
        {
            UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder ?? Path.GetTempPath(),
        };
        foreach (var arg in args) start.ArgumentList.Add(arg);

        // What the machine of the test says to web servers in general is not said to this one.
        foreach (var name in (string[])["ASPNETCORE_URLS", "ASPNETCORE_HTTP_PORTS", "URLS", "ASPNETCORE_ENVIRONMENT", "DOTNET_ENVIRONMENT"]) start.Environment.Remove(name);
        foreach (var (name, value) in environment ?? new Dictionary<string, string>(StringComparer.Ordinal)) start.Environment[name] = value;
        return new RunningProgram(start);
    }

    /// <summary>Waits for a line on either stream that contains a text.</summary>
    public async Task<string> LineAsync(string text)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            var printed = Volatile.Read(ref _printed).Task;
            var hasEnded = _process.HasExited;
            // The end of what it prints comes later than its own.
            if (hasEnded) await _process.WaitForExitAsync(patience.Token);
            var line = (Output + Errors).Split('\n').FirstOrDefault(l => l.Contains(text, StringComparison.Ordinal));
            if (line is not null) return line;
            if (hasEnded) Assert.Fail($"{_name} ended with {_process.ExitCode} and never said '{text}', but:\n{Output}{Errors}");
            try
            {
                await Task.WhenAny(printed, _process.WaitForExitAsync(patience.Token)).WaitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                Assert.Fail($"{_name} has not said '{text}', but:\n{Output}{Errors}");
            }
        }
    }

    /// <summary>Waits for the end of the program and of what it prints.</summary>
    /// <param name="within">How long to wait, if not <see cref="Patience"/>.</param>
    /// <returns>The exit code.</returns>
    public async Task<int> ExitAsync(TimeSpan? within = null)
    {
        using var patience = new CancellationTokenSource(within ?? Patience);
        try
        {
            await _process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"{_name} has not ended. It said:\n{Output}{Errors}");
        }

        return _process.ExitCode;
    }

    /// <summary>Sends SIGTERM, as a service manager does.</summary>
    public void Terminate()
    {
        using var kill = Process.Start("sh", ["-c", string.Create(CultureInfo.InvariantCulture, $"kill -TERM {_process.Id}")]);
        kill.WaitForExit();
    }

    /// <summary>Kills it (SIGKILL), and waits until it has ended and all that it has printed is there.</summary>
    public async Task KillAsync()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process.Dispose();
    }

    private static string Read(StringBuilder text)
    {
        lock (text) return text.ToString();
    }

    private void Append(StringBuilder text, string? line)
    {
        if (line is not null)
        {
            lock (text) text.Append(line).Append('\n');
        }

        Interlocked.Exchange(ref _printed, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
    }
}
