using Map.Core.Identity;
using Map.Storage.Native;

namespace Map.Storage.Verifying;

/// <summary>Reads the rows of `meta`: only those that are known may be there.</summary>
internal sealed class MetaCheck(VerifyScene scene) : FamilyCheck(scene, ColumnFamily.Meta)
{
    protected override void Check(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        if (!key.SequenceEqual(Encoding.MetaRows.FormatKey) && !key.SequenceEqual(Encoding.MetaRows.SpaceKey)
            && !key.SequenceEqual(Encoding.MetaRows.HeadKey))
            Report($"There is a row {Convert.ToHexStringLower(key)}, which is not known.");
    }
}

/// <summary>Checks that nothing is where nothing belongs.</summary>
internal sealed class EmptyCheck(VerifyScene scene) : FamilyCheck(scene, ColumnFamily.Default)
{
    protected override void Check(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value) =>
        Report($"There is a row {Convert.ToHexStringLower(key)}, where nothing belongs.");
}
