using System.Diagnostics.Metrics;
using System.Threading.Channels;
using Microsoft.Extensions.DependencyInjection;

namespace Net2Secure.Routing.Integration.Telemetry;

/// <summary>Listens to the instruments of one application: tests run side by side in one process, with meters of the same names.</summary>
internal sealed class CollectedMeasurements : IDisposable
{
    private readonly Channel<(string Instrument, double Value, string Tags)> _measured = Channel.CreateUnbounded<(string, double, string)>();
    private readonly MeterListener _listener = new();

    public CollectedMeasurements(IServiceProvider services, params string[] instruments)
    {
        var scope = services.GetRequiredService<IMeterFactory>();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (ReferenceEquals(instrument.Meter.Scope, scope) && instruments.Contains(instrument.Name)) listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.Start();
    }

    /// <summary>The measurement that comes next.</summary>
    public async Task<(string Instrument, double Value, string Tags)> NextAsync() => await _measured.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30));

    public void Dispose() => _listener.Dispose();

    private void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        _measured.Writer.TryWrite((instrument.Name, value, string.Join(' ', tags.ToArray().Select(t => $"{t.Key}={t.Value}").Order(StringComparer.Ordinal))));
}
