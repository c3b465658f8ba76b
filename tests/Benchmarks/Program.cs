// Everything: dotnet run -c Release --project tests/Benchmarks -- --filter '*'
// Whether they still run: … -- --filter '*' --job dry
// The figures of docs/compression.md: … -- encoders
if (args is ["encoders"]) Net2Secure.Routing.Benchmarks.Compression.EncoderTable.Print(Console.Out);
else BenchmarkDotNet.Running.BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
