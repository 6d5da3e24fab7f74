using Map.Core.Validation;
using Map.V1;
using static Map.Core.Validation.TypeRule;
using static Map.Hub.Tests.Rules.Part;

namespace Map.Hub.Tests.Rules;

/// <summary>What values are.</summary>
internal static class ValueCases
{
    private const string Text = "MapStringValueType.StringValueType";
    private const string Whole = "MapIntegerValueType.IntegerValueType";
    private const string Number = "MapDoubleValueType.DoubleValueType";
    private const string Bytes = "MapBytesValueType.BytesValueType";
    private const string Flag = "MapBooleanValueType.BooleanValueType";
    private const string Count = "Count.MapIntegerValueType";
    private const string Share = "Share.MapDoubleValueType";
    private const string Code = "Code.MapStringValueType";
    private const string Hash = "Hash.MapBytesValueType";
    private const string Colour = "Colour.MapEnumValueType";
    private const string NameList = "Names.MapValueArrayType";
    private const string Moment = "MapTimestampValueType.TimestampValueType";

    public static readonly RuleCase[] All =
    [
        Of(ValueKind, "text", Text, [], "a", 1,
            "1; MapStringValueType takes text."),
        Of(ValueKind, "a whole number", Whole, [], 1, 1.5,
            "1.5; MapIntegerValueType takes a whole number."),
        Of(ValueKind, "a number", Number, [], 1.5, "a",
            "\"a\"; MapDoubleValueType takes a number."),
        Of(ValueKind, "true or false", Flag, [], true, 1,
            "1; MapBooleanValueType takes true or false."),
        Of(ValueKind, "bytes, in base64", Bytes, [], "AQID", "no base64!",
            "\"no base64!\"; MapBytesValueType takes bytes."),
        Of(ValueKind, "a moment", Moment, [], "2026-01-31T12:00:00Z", "2026-02-31T12:00:00Z",
            "\"2026-02-31T12:00:00Z\"; MapTimestampValueType takes a moment, say 2026-03-02T10:15:00Z."),
        Of(ValueKind, "a variant", Colour, [Enumeration("Colour", "Red", "Green")], "Red", 1,
            "1; Colour takes the name of a variant."),
        Of(ValueKind, "a list", NameList, [List("Names", Text)], new[] { "a" }, "a",
            "\"a\"; Names takes a list."),
        Of(ValueKind, "items of a list", NameList, [List("Names", Text)], new[] { "a" }, new[] { 1 },
            "[1]; of its items, 1 does not fit: MapStringValueType takes text."),
        Of(ValueKind, "along a lineage", "Short.Brief", [Value("Brief", Text, "MetaStringValueType.MetaValueType"), Value("Short",
            "Brief.MapStringValueType", "MetaStringValueType.MetaValueType")], "a", 1,
            "1; Short takes text."),
        Of(ValueRange, "whole, at least", Count, [Counts(Least(1))], 1, 0,
            "0; Count is at least 1."),
        Of(ValueRange, "whole, more than", Count, [Counts(Least(1, false))], 2, 1,
            "1; Count is more than 1."),
        Of(ValueRange, "whole, at most", Count, [Counts(Most(5))], 5, 6,
            "6; Count is at most 5."),
        Of(ValueRange, "whole, less than", Count, [Counts(Most(5, false))], 4, 5,
            "5; Count is less than 5."),
        Of(ValueRange, "whole, both", Count, [Counts(Least(1), Most(5))], 3, -7,
            "-7; Count is at least 1."),
        Of(ValueRange, "a number, at least", Share, [Shares(Least(0.5))], 0.5, 0.25,
            "0.25; Share is at least 0.5."),
        Of(ValueRange, "a number, more than", Share, [Shares(Least(0.5, false))], 0.75, 0.5,
            "0.5; Share is more than 0.5."),
        Of(ValueRange, "a number, at most", Share, [Shares(Most(1.5))], 1.5, 1.75,
            "1.75; Share is at most 1.5."),
        Of(ValueRange, "a number, less than", Share, [Shares(Most(1.5, false))], 1.25, 1.5,
            "1.5; Share is less than 1.5."),
        Of(ValueRange, "a whole number where numbers are", Share, [Shares(Most(1.5))], 1, 2,
            "2; Share is at most 1.5."),
        Of(ValueRange, "the narrower of a lineage", "Few.Count", [Counts(Most(5)), Value("Few", Count, "MetaIntegerValueType.MetaValueType",
            Most(9))], 5, 7,
            "7; Few is at most 5."),
        Of(ValueRange, "items of a list", "Counts.MapValueArrayType", [Counts(Least(1)), List("Counts", Count)], new[] { 1, 2 }, new[] { 1, 0 },
            "[1, 0]; of its items, 0 does not fit: Count is at least 1."),
        Of(ValueLength, "text, at least", Code, [Codes(Shortest(2))], "ab", "a",
            "\"a\"; Code has at least 2 characters."),
        Of(ValueLength, "text, at most", Code, [Codes(Longest(3))], "abc", "abcd",
            "\"abcd\"; Code has at most 3 characters."),
        Of(ValueLength, "text in code points, at least", Code, [Codes(Shortest(2))], "😀😀", "😀",
            "\"😀\"; Code has at least 2 characters."),
        Of(ValueLength, "text in code points, at most", Code, [Codes(Longest(2))], "😀😀", "😀😀😀",
            "\"😀😀😀\"; Code has at most 2 characters."),
        Of(ValueLength, "bytes, at least", Hash, [.. Hashes(Shortest(2))], "AQI=", "AQ==",
            "1 byte; Hash has at least 2 bytes."),
        Of(ValueLength, "bytes, at most", Hash, [.. Hashes(Longest(2))], "AQI=", "AQID",
            "3 bytes; Hash has at most 2 bytes."),
        Of(ValueLength, "a list, at least", NameList, [Names(Fewest(1))], new[] { "a" }, Array.Empty<string>(),
            "[]; Names has at least 1 item."),
        Of(ValueLength, "a list, at most", NameList, [Names(Greatest(2))], new[] { "a", "b" }, new[] { "a", "b", "c" },
            "[\"a\", \"b\", \"c\"]; Names has at most 2 items."),
        Of(ValueLength, "items of a list", "Codes.MapValueArrayType", [Codes(Shortest(2)), List("Codes", Code)], new[] { "ab" }, new[] { "ab", "c" },
            "[\"ab\", \"c\"]; of its items, \"c\" does not fit: Code has at least 2 characters."),
        Of(ValueVariant, "a value", Colour, [Enumeration("Colour", "Red", "Green")], "Green", "Blue",
            "\"Blue\"; Colour has the variants Red, Green."),
        Of(ValueVariant, "items of a list", "Colours.MapValueArrayType", [Enumeration("Colour", "Red", "Green"), List("Colours", Colour)],
            new[] { "Green", "Red" }, new[] { "Red", "Blue" },
            "[\"Red\", \"Blue\"]; of its items, \"Blue\" does not fit: Colour has the variants Red, Green."),
        Of(ValueUniqueItems, "a list", NameList, [List("Names", Text, ("UniqueItems.ValueArrayConstraint",
            new { ConstraintEnabled = true }))], new[] { "a", "b" }, new[] { "a", "b", "a" },
            "[\"a\", \"b\", \"a\"]; Names has each item once, and \"a\" stands twice."),
    ];

    /// <summary>A type with a property of a value type, a value that fits, one that does not, and what is said of that.</summary>
    private static RuleCase Of(TypeRule rule, string side, string valueType, Part[] parts, object good, object bad, string says) => new(rule, side)
    {
        Types = [Type("Thing", properties: ["Value.PropertyType"]), Property("Value", valueType), .. parts],
        Satisfies = [Step.Holon("One", "Thing.HolonType", new { Value = good })],
        Violates = [Step.Holon("One", "Thing.HolonType", new { Value = bad })],
        Findings = [new(rule, CodeOf(rule), "One", "Value", $"\"Value\" of \"One\" is {says}")],
    };

    private static ErrorCode CodeOf(TypeRule rule) => rule switch
    {
        ValueKind => ErrorCode.ValueKindMismatch,
        ValueVariant => ErrorCode.UnknownVariant,
        ValueUniqueItems => ErrorCode.DuplicateItem,
        _ => ErrorCode.ValueOutOfRange,
    };

    private static Part Counts(params (string, object)[] constraints) => Value("Count", Whole, "MetaIntegerValueType.MetaValueType", constraints);

    private static Part Shares(params (string, object)[] constraints) => Value("Share", Number, "MetaDoubleValueType.MetaValueType", constraints);

    private static Part Codes(params (string, object)[] constraints) => Value("Code", Text, "MetaStringValueType.MetaValueType", constraints);

    private static Part Names(params (string, object)[] constraints) => List("Names", Text, constraints);

    /// <summary>The core schema constrains no bytes; a meta type of one's own does, by the same constraints.</summary>
    private static Part[] Hashes((string, object) constraint) =>
    [
        Type(
            "MetaHash", "MetaBytesValueType.MetaValueType",
            relationships: ["(StringValueType.ValueType)-[Constraints]->(StringValueConstraint.ValueConstraintType)"]),
        Value("Hash", Bytes, "MetaHash.MetaBytesValueType", constraint),
    ];

    private static (string, object) Least(long number, bool isInclusive = true) =>
        ("MinimumValue.IntegerValueConstraint", new { ConstraintIntegerValue = number, ConstraintIsInclusive = isInclusive });

    private static (string, object) Most(long number, bool isInclusive = true) =>
        ("MaximumValue.IntegerValueConstraint", new { ConstraintIntegerValue = number, ConstraintIsInclusive = isInclusive });

    private static (string, object) Least(double number, bool isInclusive = true) =>
        ("MinimumValue.DoubleValueConstraint", new { ConstraintDoubleValue = number, ConstraintIsInclusive = isInclusive });

    private static (string, object) Most(double number, bool isInclusive = true) =>
        ("MaximumValue.DoubleValueConstraint", new { ConstraintDoubleValue = number, ConstraintIsInclusive = isInclusive });

    private static (string, object) Shortest(long length) => ("MinimumLength.StringValueConstraint", new { ConstraintLength = length });

    private static (string, object) Longest(long length) => ("MaximumLength.StringValueConstraint", new { ConstraintLength = length });

    private static (string, object) Fewest(long items) => ("MinimumItems.ValueArrayConstraint", new { ConstraintItemCount = items });

    private static (string, object) Greatest(long items) => ("MaximumItems.ValueArrayConstraint", new { ConstraintItemCount = items });
}
