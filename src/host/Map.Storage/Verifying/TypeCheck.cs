using Map.Core.Identity;
using Map.Storage.Encoding;
using Map.Storage.Native;

namespace Map.Storage.Verifying;

/// <summary>Walks the instances of types, those that left too: each is a holon that has, or had, the type.</summary>
internal sealed class TypeCheck(VerifyScene scene) : GroupCheck(scene, _layout)
{
    private static readonly GroupLayout _layout = new(
        ColumnFamily.Types, ColumnFamily.TypeHeads, LocalId.Size, RowKeys.TypeMemberSize);

    /// <inheritdoc/>
    protected override bool MayAddWithoutRow => false;

    /// <inheritdoc/>
    protected override void CheckMember(ReadOnlySpan<byte> key, MemberRow row)
    {
        var (type, holon) = (LocalId.Read(key[..LocalId.Size]), RowKeys.ReadTypeInstance(key));
        if (row.IsLive)
        {
            if (Scene.FindTypeAsOf(holon, Scene.Head.Number) != type)
                Scene.Report(ColumnFamily.Types, $"Holon {holon} is among the instances of {type}, which is not its type.");
        }
        else if (Scene.FindTypeAsOf(holon, row.Removed - 1) != type || Scene.FindTypeAsOf(holon, row.Removed) == type)
        {
            Scene.Report(
                ColumnFamily.Types,
                $"Holon {holon} is among the past instances of {type} until commit {row.Removed}, which did not end that.");
        }
    }

    /// <inheritdoc/>
    protected override string Describe(ReadOnlySpan<byte> group) => $"The instances of type {LocalId.Read(group)}";
}
