namespace Net2Secure.Routing.Proxying;

/// <summary>A destination of a cluster that would be another.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Change">What becomes of it.</param>
/// <param name="AddressBefore">Where requests are sent now; <see langword="null"/>: it is new.</param>
/// <param name="AddressAfter">Where they would be sent; <see langword="null"/>: it goes.</param>
/// <param name="WeightBefore">Its weight now, as configured.</param>
/// <param name="WeightAfter">Its weight then.</param>
/// <param name="ShareBefore">Its share of the traffic now, 0 to 1: of keys where the cluster goes by keys, else its effective weight (health, priority and zone included) as a share of all.</param>
/// <param name="ShareAfter">Its share then: as soon as it is as healthy as it is now, and has been warmed up where it is new.</param>
public sealed record DestinationChange(
    string Id, DryRunChange Change, Uri? AddressBefore, Uri? AddressAfter, int? WeightBefore, int? WeightAfter, double ShareBefore, double ShareAfter);
