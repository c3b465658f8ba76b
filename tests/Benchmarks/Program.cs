// Everything: dotnet run -c Release --project tests/Benchmarks -- --filter '*'
// Whether they still run: … -- --filter '*' --job dry
BenchmarkDotNet.Running.BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
