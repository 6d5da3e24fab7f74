using System.Text;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Map.V1;

namespace Map.Hub.Tests.Model;

/// <summary>Writes commands with symbols for a person.</summary>
internal static class StepText
{
    public static string Of(IMessage? message) => message switch
    {
        null => "nothing",
        CommandBody { Query: { } query } => Of(query),
        CommandBody { Mutation: { } mutation } => Of(mutation),
        HolonReference reference => Of(reference),
        HolonId id => $"h{Symbols.Read(id.LocalId)}",
        BaseValue value => value.KindCase == BaseValue.KindOneofCase.StringValue ? $"\"{value.StringValue}\"" : Fields(value),
        InlineFile file => $"'{file.Content.ToStringUtf8()}'",
        _ => Fields(message),
    };

    private static string Of(HolonReference reference)
    {
        var kind = reference.Smart is null ? reference.KindCase.ToString().ToLowerInvariant() : "saved";
        var version = reference.Smart is { HasVersion: true } smart ? $" version {smart.Version}" : "";
        return $"{kind} t{Symbols.TransactionOf(reference)}/h{Symbols.HolonOf(reference)}{version}";
    }

    private static string Fields(IMessage message)
    {
        var text = new StringBuilder();
        foreach (var field in message.Descriptor.Fields.InFieldNumberOrder())
        {
            var value = field.Accessor.GetValue(message);
            if (field.IsRepeated)
                foreach (var item in (System.Collections.IEnumerable)value) Append(text, field, item);
            else if (field.HasPresence ? field.Accessor.HasValue(message) : IsSet(value)) Append(text, field, value);
        }

        return text.ToString();
    }

    private static bool IsSet(object value) => value is not (0 or 0u or 0UL or 0L or false or "") && value is not ByteString { IsEmpty: true };

    private static void Append(StringBuilder text, FieldDescriptor field, object value)
    {
        if (text.Length > 0) text.Append(' ');
        text.Append(field.JsonName).Append(value switch
        {
            IMessage message => $" {{{Of(message)}}}",
            ByteString bytes => $" {(bytes.IsEmpty ? 0 : Symbols.Read(bytes))}",
            string words => $" \"{words}\"",
            _ => $" {value}",
        });
    }
}
