using Net2Secure.Routing.Caching.Postgres.Tests;

// Started by a test it is a proxy; else it runs the tests.
return args is [CachingProxy.Command, .. var rest] ? await CachingProxy.RunAsync(rest) : await Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args);
