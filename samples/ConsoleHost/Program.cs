using Net2Secure.Routing.ConsoleHost.Commands;

return await HostCommands.Create(args).Parse(args).InvokeAsync();
