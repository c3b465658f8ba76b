using System.CommandLine;
using Net2Secure.Routing.ConsoleHost.Commands;

// Completions of socket operations run right where they arrive instead of hopping to the thread pool. This host never blocks on a request's way, which is the
// condition for it. Read once, at the first use of a socket; whoever sets the variable decides otherwise.
const string inlineCompletions = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";
if (Environment.GetEnvironmentVariable(inlineCompletions) is null) Environment.SetEnvironmentVariable(inlineCompletions, "1");

// Stopping is the host's affair: the command line's own timeout would cut requests that may still finish.
return await HostCommands.Create().Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
