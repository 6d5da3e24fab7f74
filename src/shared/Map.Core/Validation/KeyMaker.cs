using System.Globalization;
using System.Text;
using Map.Core.Identity;
using Map.Core.Types;
using Map.Core.Values;

namespace Map.Core.Validation;

/// <summary>Makes keys by key rules.</summary>
internal sealed class KeyMaker(DescriptorLinks links)
{
    /// <summary>The key that a rule makes.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="holon">The holon.</param>
    /// <param name="descriptor">Its type.</param>
    /// <param name="properties">Its properties.</param>
    /// <returns>The key; null where the rule makes none of what the holon has, and so leaves it free.</returns>
    public string? Make(KeyRule rule, LocalId holon, LocalId? descriptor, PropertyMap properties) => rule.Kind switch
    {
        KeyRuleKind.Format => Fill(rule, properties),
        KeyRuleKind.TypeName => Text(properties, CoreSchema.TypeName),
        KeyRuleKind.SchemaName => Text(properties, CoreSchema.SchemaName),
        KeyRuleKind.Relationship => Relationship(holon, properties),
        KeyRuleKind.EnumVariant => Dotted(KeyOf(EnumOf(holon)), properties, isFirst: true),
        KeyRuleKind.ExtendedType => Extended(holon, properties),
        KeyRuleKind.DescribedType => Dotted(descriptor is { } type ? TypeName(type) : null, properties, isFirst: false),
        _ => null,
    };

    /// <summary>The key that a rule makes; null also where that cannot be a key.</summary>
    public string? MakeValid(KeyRule rule, LocalId holon, LocalId? descriptor, PropertyMap properties) =>
        Make(rule, holon, descriptor, properties) is { } key && Names.IsValidKey(key) ? key : null;

    private string? Relationship(LocalId holon, PropertyMap properties)
    {
        var source = KeyOf(First(holon, CoreSchema.SourceType));
        var target = KeyOf(First(holon, CoreSchema.TargetType));
        var name = Text(properties, CoreSchema.TypeName);
        return source is null || target is null || name is null ? null : $"({source})-[{name}]->({target})";
    }

    private string? Extended(LocalId holon, PropertyMap properties) => First(holon, CoreSchema.Extends) is { } parent
        ? Dotted(TypeName(parent), properties, isFirst: false)
        : Text(properties, CoreSchema.TypeName);

    private static string? Dotted(string? other, PropertyMap properties, bool isFirst)
    {
        var name = Text(properties, CoreSchema.TypeName);
        if (other is null || name is null) return null;
        return isFirst ? $"{other}.{name}" : $"{name}.{other}";
    }

    /// <summary>Fills a template; {{ and }} stand for braces.</summary>
    private static string? Fill(KeyRule rule, PropertyMap properties)
    {
        var values = new string[rule.Parameters.Count];
        for (var i = 0; i < values.Length; i++)
        {
            if (properties[rule.Parameters[i]] is not { } value) return null;
            values[i] = ValueText.Of(value);
        }

        return KeyTemplate.Fill(rule.Template, values);
    }

    private LocalId? EnumOf(LocalId variant) => links.Sources(variant, CoreSchema.Variants).Cast<LocalId?>().FirstOrDefault();

    private LocalId? First(LocalId holon, string name) => links.Targets(holon, name).Cast<LocalId?>().FirstOrDefault();

    private string? KeyOf(LocalId? holon) => holon is { } id && links.Properties(id) is { } properties ? Text(properties, Names.Key) : null;

    private string? TypeName(LocalId type) => links.Properties(type) is { } properties ? Text(properties, CoreSchema.TypeName) : null;

    private static string? Text(PropertyMap properties, string name) => (properties[name] as StringValue)?.Value;
}

/// <summary>Templates of keys: text with {0}, {1} and so on, where {{ and }} stand for braces.</summary>
internal static class KeyTemplate
{
    // Templates are made for each of many holons; most have one or two places.
    private const int MaxPlace = 99;

    /// <summary>The text with the values in their places; null where the template is not well-formed or names a place without a value.</summary>
    public static string? Fill(string template, IReadOnlyList<string> values)
    {
        if (template == "{0}") return values.Count > 0 ? values[0] : null;
        var text = new StringBuilder(template.Length);
        for (var i = 0; i < template.Length; i++)
        {
            var c = template[i];
            if (c is not ('{' or '}'))
            {
                text.Append(c);
            }
            else if (i + 1 < template.Length && template[i + 1] == c)
            {
                text.Append(c);
                i++;
            }
            else
            {
                if (PlaceAt(template, ref i) is not { } place || place >= values.Count) return null;
                text.Append(values[place]);
            }
        }

        return text.ToString();
    }

    /// <summary>Reads "{12}", beginning at its brace and ending on its last.</summary>
    private static int? PlaceAt(string template, ref int i)
    {
        var end = template.IndexOf('}', i);
        if (template[i] != '{' || end < 0) return null;
        var digits = template.AsSpan(i + 1, end - i - 1);
        i = end;
        return int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var place) && place <= MaxPlace ? place : null;
    }
}
