using Net2Secure.Routing.Benchmarks.Compression;

// Everything: dotnet run -c Release --project tests/Benchmarks -- --filter '*'
// Whether they still run: … -- --filter '*' --job dry
// The figures of docs/compression.md: … -- encoders
if (args is ["encoders"]) EncoderTable.Print(Console.Out);
else if (args is ["encoder", var coding, var level]) EncoderTable.PrintHeld(Console.Out, coding, level);
else BenchmarkDotNet.Running.BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
