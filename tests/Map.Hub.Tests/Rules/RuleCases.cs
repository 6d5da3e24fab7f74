namespace Map.Hub.Tests.Rules;

/// <summary>Every rule of types, from each of its sides.</summary>
internal static class RuleCases
{
    public static readonly IReadOnlyList<RuleCase> All =
    [
        .. ((RuleCase[])
        [
            .. TypingCases.All, .. PropertyCases.All, .. ValueCases.All, .. KeyCases.All,
            .. LinkCases.All, .. DeletionCases.All, .. DescriptorCases.All,
        ]).OrderBy(example => example.Rule),
    ];
}
