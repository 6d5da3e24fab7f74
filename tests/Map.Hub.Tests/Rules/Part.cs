using System.Text.Json;

namespace Map.Hub.Tests.Rules;

/// <summary>Holons of an import, and how an example shows them to a person.</summary>
/// <param name="Text">For a person.</param>
/// <param name="Holons">As an import file has them.</param>
internal sealed record Part(string Text, params object[] Holons)
{
    public const string Schema = "Rules";

    private const string HolonType = "HolonType.TypeDescriptor";

    /// <summary>What the types of an example are components of.</summary>
    public static readonly Part TheSchema =
        new("", TestSchema.Holon(Schema, "Schema.HolonType", new { SchemaName = Schema, Description = "Types of an example" }));

    /// <summary>A holon that is no type.</summary>
    public static Part Holon(string? key, string type, object? properties = null, params (string Name, object Target)[] links)
    {
        var said = string.Join(", ", [.. Said(properties), .. links.Select(link => $"{link.Name} → {Show(link.Target)}")]);
        var text = $"{(key is null ? "a" : key + " is a")} {Short(type)}{(said.Length > 0 ? $" with {said}" : "")}";
        return new Part(text, TestSchema.Holon(key, type, properties, links));
    }

    /// <summary>A holon type; its key follows the rule of its kind.</summary>
    public static Part Type(
        string name, string? extends = null, string[]? properties = null, string[]? relationships = null, string? keyRule = null,
        object? says = null, string? key = null)
    {
        var links = new List<(string, object)> { ("ComponentOf", Schema), ("Extends", extends ?? HolonType) };
        if (properties is not null) links.Add(("InstanceProperties", properties));
        if (relationships is not null) links.Add(("InstanceRelationships", relationships));
        if (keyRule is not null) links.Add(("InstanceKeyRule", keyRule));
        string[] said =
        [
            .. extends is null ? (string[])[] : [$"extends {Short(extends)}"],
            .. properties is null ? (string[])[] : [$"has {string.Join(", ", properties.Select(Short))}"],
            .. relationships is null ? (string[])[] : [$"has {string.Join(", ", relationships.Select(Short))}"],
            .. keyRule is null ? (string[])[] : [$"its keys follow {Short(keyRule)}"],
            .. Said(says),
            .. key is null ? (string[])[] : [$"Key {Show(key)}"],
        ];
        return new Part(
            $"type {name}{(said.Length > 0 ? $": {string.Join(", ", said)}" : "")}",
            TestSchema.Holon(key ?? KeyOf(name, extends ?? HolonType), "MetaHolonType.MetaTypeDescriptor", Named(name, says), [.. links]));
    }

    /// <summary>A property type.</summary>
    public static Part Property(string name, string valueType, bool required = false, object? preset = null)
    {
        var says = new Dictionary<string, object>();
        if (required) says["IsValueRequired"] = true;
        if (preset is not null) says["DefaultValue"] = preset;
        var text = $"property {name}: {Short(valueType)}{(required ? ", required" : "")}{(preset is null ? "" : $", by default {Show(preset)}")}";
        return new Part(text, TestSchema.Holon(
            $"{name}.PropertyType", "MetaPropertyType.MetaTypeDescriptor", Named(name, says),
            ("ComponentOf", Schema), ("Extends", "PropertyType.TypeDescriptor"), ("ValueType", valueType)));
    }

    /// <summary>A declared relationship type with its inverse.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="source">The key of its source type.</param>
    /// <param name="target">The key of its target type.</param>
    /// <param name="inverse">The name of the inverse.</param>
    /// <param name="says">More of its properties.</param>
    /// <param name="inverseSays">More properties of the inverse.</param>
    /// <param name="key">Its key, where that is not the one of its rule.</param>
    public static Part Relationship(
        string name, string source, string target, string inverse, object? says = null, object? inverseSays = null, string? key = null)
    {
        var (one, other) = (string.Join(", ", Said(says)), string.Join(", ", Said(inverseSays)));
        var text = $"relationship {name}: {Short(source)} → {Short(target)}{(one.Length > 0 ? $" ({one})" : "")}"
            + $", inverse {inverse}{(other.Length > 0 ? $" ({other})" : "")}{(key is null ? "" : $", Key {Show(key)}")}";
        return new Part(
            text,
            TestSchema.Holon(
                key ?? KeyOf(source, name, target), "MetaDeclaredRelationshipType.MetaRelationshipType", Named(name, says),
                ("ComponentOf", Schema), ("Extends", "DeclaredRelationshipType.RelationshipType"), ("SourceType", source), ("TargetType", target),
                ("HasInverse", KeyOf(target, inverse, source))),
            TestSchema.Holon(
                KeyOf(target, inverse, source), "MetaInverseRelationshipType.MetaRelationshipType", Named(inverse, inverseSays),
                ("ComponentOf", Schema), ("Extends", "InverseRelationshipType.RelationshipType"), ("SourceType", target), ("TargetType", source)));
    }

    /// <summary>A value type with constraints.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="extends">The key of the value type that it extends.</param>
    /// <param name="meta">The key of its meta type.</param>
    /// <param name="constraints">Each a type of constraints and the properties of one.</param>
    public static Part Value(string name, string extends, string meta, params (string Type, object Says)[] constraints) => Value(
        name, extends, meta, constraints, []);

    /// <summary>A type of lists.</summary>
    public static Part List(string name, string items, params (string Type, object Says)[] constraints) => Value(
        name, "MapValueArrayType.ValueArrayValueType", "MetaValueArrayValueType.MetaValueType", constraints, [("ElementValueType", items)]);

    /// <summary>An enumeration.</summary>
    public static Part Enumeration(string name, params string[] variants)
    {
        var key = $"{name}.MapEnumValueType";
        return new Part(
            $"enumeration {name}: {string.Join(", ", variants)}",
            [
                TestSchema.Holon(
                    key, "MetaEnumValueType.MetaValueType", Named(name, null),
                    ("ComponentOf", Schema), ("Extends", "MapEnumValueType.EnumValueType"),
                    ("Variants", variants.Select(variant => $"{key}.{variant}").ToArray())),
                .. variants.Select(variant => TestSchema.Holon(
                    $"{key}.{variant}", "MetaEnumVariantValueType.MetaValueType", Named(variant, null),
                    ("ComponentOf", Schema), ("Extends", "MapEnumVariantValueType.EnumVariantValueType"))),
            ]);
    }

    /// <summary>The key of a type by what it extends.</summary>
    public static string KeyOf(string name, string extends) => $"{name}.{extends.Split('.')[0]}";

    /// <summary>The key of a relationship type.</summary>
    public static string KeyOf(string source, string name, string target) => $"({source})-[{name}]->({target})";

    /// <summary>The properties that all types need, and others.</summary>
    public static Dictionary<string, object> Named(string name, object? says)
    {
        var properties = new Dictionary<string, object> { ["TypeName"] = name, ["DisplayName"] = name, ["Description"] = $"{name}, of an example" };
        foreach (var (member, value) in Read(says)) properties[member] = value;
        return properties;
    }

    /// <summary>A value or a target, for a person.</summary>
    public static string Show(object value) => value switch
    {
        string[] several => string.Join(", ", several.Select(Short)),
        string text => Short(text),
        _ => JsonSerializer.Serialize(value),
    };

    private static Part Value(
        string name, string extends, string meta, (string Type, object Says)[] constraints, (string Name, object Target)[] links)
    {
        var said = string.Join(", ", constraints.Select(each => $"{Short(each.Type)} ({string.Join(", ", Said(each.Says))})"));
        var kind = links.Length > 0 ? $"list of {Short((string)links[0].Target)}" : Short(extends);
        var text = $"value type {name}: {kind}{(said.Length > 0 ? $", {said}" : "")}";
        var constrained = constraints.Select(each => new { type = each.Type, properties = each.Says }).ToArray();
        return new Part(text, TestSchema.Holon(
            KeyOf(name, extends), meta, Named(name, null),
            [
                ("ComponentOf", Schema), ("Extends", extends), .. links,
                .. constrained.Length > 0 ? ((string, object)[])[("Constraints", constrained)] : [],
            ]));
    }

    private static IEnumerable<string> Said(object? properties) => Read(properties).Select(each => $"{each.Key} {Show(each.Value)}");

    private static IEnumerable<KeyValuePair<string, object>> Read(object? properties) => properties switch
    {
        null => [],
        Dictionary<string, object> known => known,
        _ => properties.GetType().GetProperties().Select(each => KeyValuePair.Create(each.Name, each.GetValue(properties)!)),
    };

    /// <summary>Keys of types by their names alone; texts as they are.</summary>
    private static string Short(string key)
    {
        var name = key.StartsWith('(') && key.Split('[', ']') is [_, var middle, _] ? middle : key.Split('.')[0];
        return key.Contains(' ', StringComparison.Ordinal) || name.Length == 0 ? key : name;
    }
}
