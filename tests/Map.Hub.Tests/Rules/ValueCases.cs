using Map.Core.Validation;
using static Map.Core.Validation.TypeRule;
using static Map.Hub.Tests.Rules.Part;
using static Map.V1.ErrorCode;

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
        Of(ValueKind, "text", Text, [], "a", 1),
        Of(ValueKind, "a whole number", Whole, [], 1, 1.5),
        Of(ValueKind, "a number", Number, [], 1.5, "a"),
        Of(ValueKind, "true or false", Flag, [], true, 1),
        Of(ValueKind, "bytes, in base64", Bytes, [], "AQID", "no base64"),
        Of(ValueKind, "a moment", Moment, [], "2026-01-31T12:00:00Z", "2026-02-31T12:00:00Z"),
        Of(ValueKind, "a variant", Colour, [Enumeration("Colour", "Red", "Green")], "Red", 1),
        Of(ValueKind, "a list", NameList, [List("Names", Text)], new[] { "a" }, "a"),
        Of(ValueKind, "items of a list", NameList, [List("Names", Text)], new[] { "a" }, new[] { 1 }),
        Of(ValueKind, "along a lineage", "Short.Brief", [Value("Brief", Text, "MetaStringValueType"), Value("Short", "Brief.MapStringValueType", "MetaStringValueType")], "a", 1),
        Of(ValueRange, "whole, at least", Count, [Counts(Least(1))], 1, 0),
        Of(ValueRange, "whole, more than", Count, [Counts(Least(1, false))], 2, 1),
        Of(ValueRange, "whole, at most", Count, [Counts(Most(5))], 5, 6),
        Of(ValueRange, "whole, less than", Count, [Counts(Most(5, false))], 4, 5),
        Of(ValueRange, "whole, both", Count, [Counts(Least(1), Most(5))], 3, -7),
        Of(ValueRange, "a number, at least", Share, [Shares(Least(0.5))], 0.5, 0.25),
        Of(ValueRange, "a number, more than", Share, [Shares(Least(0.5, false))], 0.75, 0.5),
        Of(ValueRange, "a number, at most", Share, [Shares(Most(1.5))], 1.5, 1.75),
        Of(ValueRange, "a number, less than", Share, [Shares(Most(1.5, false))], 1.25, 1.5),
        Of(ValueRange, "a whole number where numbers are", Share, [Shares(Most(1.5))], 1, 2),
        Of(ValueRange, "the narrower of a lineage", "Few.Count", [Counts(Most(5)), Value("Few", Count, "MetaIntegerValueType", Most(9))], 5, 7),
        Of(ValueRange, "items of a list", "Counts.MapValueArrayType", [Counts(Least(1)), List("Counts", Count)], new[] { 1, 2 }, new[] { 1, 0 }),
        Of(ValueLength, "text, at least", Code, [Codes(Shortest(2))], "ab", "a"),
        Of(ValueLength, "text, at most", Code, [Codes(Longest(3))], "abc", "abcd"),
        Of(ValueLength, "text in code points, at least", Code, [Codes(Shortest(2))], "😀😀", "😀"),
        Of(ValueLength, "text in code points, at most", Code, [Codes(Longest(2))], "😀😀", "😀😀😀"),
        Of(ValueLength, "bytes, at least", Hash, [.. Hashes(Shortest(2))], "AQI=", "AQ=="),
        Of(ValueLength, "bytes, at most", Hash, [.. Hashes(Longest(2))], "AQI=", "AQID"),
        Of(ValueLength, "a list, at least", NameList, [Names(Fewest(1))], new[] { "a" }, Array.Empty<string>()),
        Of(ValueLength, "a list, at most", NameList, [Names(Greatest(2))], new[] { "a", "b" }, new[] { "a", "b", "c" }),
        Of(ValueLength, "items of a list", "Codes.MapValueArrayType", [Codes(Shortest(2)), List("Codes", Code)], new[] { "ab" }, new[] { "ab", "c" }),
        Of(ValueVariant, "a value", Colour, [Enumeration("Colour", "Red", "Green")], "Green", "Blue"),
        Of(ValueVariant, "items of a list", "Colours.MapValueArrayType", [Enumeration("Colour", "Red", "Green"), List("Colours", Colour)], new[] { "Green", "Red" }, new[] { "Red", "Blue" }),
        Of(ValueUniqueItems, "a list", NameList, [List("Names", Text, ("UniqueItems.ValueArrayConstraint", new { ConstraintEnabled = true }))], new[] { "a", "b" }, new[] { "a", "b", "a" }),
    ];

    /// <summary>A type with a property of a value type, and a value that fits and one that does not.</summary>
    private static RuleCase Of(TypeRule rule, string side, string valueType, Part[] parts, object good, object bad) => new(rule, side)
    {
        Types = [Type("Thing", properties: ["Value.PropertyType"]), Property("Value", valueType), .. parts],
        Satisfies = [Step.Holon("One", "Thing.HolonType", new { Value = good })],
        Violates = [Step.Holon("One", "Thing.HolonType", new { Value = bad })],
        Findings = [],
    };

    private static Part Counts(params (string, object)[] constraints) => Value("Count", Whole, "MetaIntegerValueType", constraints);

    private static Part Shares(params (string, object)[] constraints) => Value("Share", Number, "MetaDoubleValueType", constraints);

    private static Part Codes(params (string, object)[] constraints) => Value("Code", Text, "MetaStringValueType", constraints);

    private static Part Names(params (string, object)[] constraints) => List("Names", Text, constraints);

    /// <summary>The core schema constrains no bytes; a meta type of one's own does, by the same constraints.</summary>
    private static Part[] Hashes((string, object) constraint) =>
    [
        Type(
            "MetaHash", "MetaBytesValueType.MetaValueType",
            relationships: ["(StringValueType.ValueType)-[Constraints]->(StringValueConstraint.ValueConstraintType)"],
            key: "MetaHash.MetaValueType"),
        Value("Hash", Bytes, "MetaHash", constraint),
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
