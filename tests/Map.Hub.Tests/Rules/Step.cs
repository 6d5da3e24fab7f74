using Map.V1;

namespace Map.Hub.Tests.Rules;

/// <summary>Something done in a transaction, and how an example shows it to a person.</summary>
/// <param name="Text">For a person.</param>
/// <param name="Take">Does it.</param>
internal sealed record Step(string Text, Action<TestTransaction> Take)
{
    /// <summary>Stages holons.</summary>
    public static Step Load(params Part[] parts) => new(
        string.Join("; ", parts.Select(part => part.Text).Where(text => text.Length > 0)),
        transaction => transaction.Load(TestSchema.File("example.json", [.. parts.SelectMany(part => part.Holons)])));

    /// <summary>Stages one holon that is no type.</summary>
    public static Step Holon(string? key, string type, object? properties = null, params (string Name, object Target)[] links) =>
        Load(Part.Holon(key, type, properties, links));

    /// <summary>Stages one holon by a command; a load refuses a key that is taken.</summary>
    public static Step Stage(string key, string type) => new(
        $"StageNewHolon: {key} is a {Part.Show(type)}", transaction => transaction.Stage(key, transaction.ByKey(type)));

    /// <summary>Stages a holon without a type.</summary>
    public static Step Untyped(string key) => new($"{key} has no type", transaction => transaction.Stage(key));

    public static Step Describe(string key, string type) => new(
        $"WithDescriptor: {key} becomes a {Part.Show(type)}",
        transaction => transaction.Describe(Writable(transaction, key), transaction.ByKey(type)));

    public static Step Set(string key, string name, BaseValue value) => new(
        $"WithPropertyValue: {name} of {Part.Show(key)} becomes {Show(value)}",
        transaction => transaction.Set(Writable(transaction, key), name, value));

    public static Step Remove(string key, string name) => new(
        $"RemovePropertyValue: {name} of {Part.Show(key)}", transaction => transaction.Remove(Writable(transaction, key), name));

    public static Step Link(string key, string name, params string[] targets) => new(
        $"AddRelatedHolons: {Part.Show(key)} {name} → {Part.Show(targets)}",
        transaction => transaction.Add(Writable(transaction, key), name, [.. targets.Select(target => transaction.ByKey(target))]));

    public static Step Unlink(string key, string name, params string[] targets) => new(
        $"RemoveRelatedHolons: {Part.Show(key)} {name} → {Part.Show(targets)}",
        transaction => transaction.RemoveRelated(Writable(transaction, key), name, [.. targets.Select(target => transaction.ByKey(target))]));

    public static Step Delete(string key) => new(
        $"DeleteHolon: {Part.Show(key)}", transaction => transaction.Delete(transaction.ByKey(key)));

    public static Step Abandon(string key) => new(
        $"Abandon: {Part.Show(key)}", transaction => transaction.Abandon(transaction.ByKey(key)));

    /// <summary>The staged holon of a key; a saved one is staged for update.</summary>
    private static HolonReference Writable(TestTransaction transaction, string key)
    {
        var holon = transaction.ByKey(key);
        return holon.Smart is not null ? transaction.StageVersion(holon) : holon;
    }

    private static string Show(BaseValue value) => value.KindCase switch
    {
        BaseValue.KindOneofCase.StringValue => value.StringValue,
        BaseValue.KindOneofCase.DoubleValue => value.DoubleValue.ToString(System.Globalization.CultureInfo.InvariantCulture),
        BaseValue.KindOneofCase.BoolValue => value.BoolValue ? "true" : "false",
        _ => value.IntegerValue.ToString(System.Globalization.CultureInfo.InvariantCulture),
    };
}
