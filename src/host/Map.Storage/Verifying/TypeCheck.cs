using Map.Core.Identity;
using Map.Storage.Encoding;
using Map.Storage.Native;

namespace Map.Storage.Verifying;

/// <summary>Walks the instances of types, live and past ones: each is a holon that has, or had, the type.</summary>
internal sealed class TypeCheck(VerifyScene scene) : GroupCheck(scene, _layout)
{
    private static readonly GroupLayout _layout = new(
        ColumnFamily.Types, ColumnFamily.TypesPast, ColumnFamily.TypeHeads, LocalId.Size, RowKeys.TypeMemberSize);

    /// <inheritdoc/>
    protected override bool MayAddWithoutRow => false;

    /// <inheritdoc/>
    protected override void CheckLive(ReadOnlySpan<byte> key, MemberRow row)
    {
        var (type, holon) = Read(key);
        if (Scene.FindTypeAsOf(holon, Scene.Head.Number) != type)
            Scene.Report(ColumnFamily.Types, $"Holon {holon} is among the instances of {type}, which is not its type.");
    }

    /// <inheritdoc/>
    protected override void CheckPast(ReadOnlySpan<byte> member, MemberRow row, long removal)
    {
        var (type, holon) = Read(member);
        if (removal < 1) return;
        if (Scene.FindTypeAsOf(holon, removal - 1) != type || Scene.FindTypeAsOf(holon, removal) == type)
            Scene.Report(
                ColumnFamily.TypesPast,
                $"Holon {holon} is among the past instances of {type} until commit {removal}, which did not end that.");
    }

    /// <inheritdoc/>
    protected override string Describe(ReadOnlySpan<byte> group) => $"The instances of type {LocalId.Read(group)}";

    private static (LocalId Type, LocalId Holon) Read(ReadOnlySpan<byte> key) =>
        (LocalId.Read(key[..LocalId.Size]), LocalId.Read(key.Slice(LocalId.Size, LocalId.Size)));
}
