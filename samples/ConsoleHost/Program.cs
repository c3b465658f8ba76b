using System.CommandLine;
using Net2Secure.Routing.ConsoleHost.Commands;

// Stopping is the host's affair: the command line's own timeout would cut requests that may still finish.
return await HostCommands.Create().Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
