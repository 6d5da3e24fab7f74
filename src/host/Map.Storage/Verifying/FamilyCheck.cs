using Map.Core.Services;
using Map.Storage.Native;

namespace Map.Storage.Verifying;

/// <summary>Checks one column family row by row. What one row meets does not keep the next from being checked.</summary>
internal abstract class FamilyCheck(VerifyScene scene, ColumnFamily family)
{
    /// <summary>The rows.</summary>
    protected VerifyScene Scene { get; } = scene;

    /// <summary>Checks all rows.</summary>
    internal void Run()
    {
        using var walk = new RowWalk(Scene, family);
        for (var isOnRow = walk.Start(); isOnRow; isOnRow = walk.Next())
        {
            try
            {
                Check(walk.Key, walk.Value);
            }
            catch (StoreException failure)
            {
                Scene.Report(family, $"Row {Convert.ToHexStringLower(walk.Key)}", failure);
            }
        }

        Finish(isWhole: !walk.HasGaps);
    }

    /// <summary>Reports something of this family.</summary>
    protected void Report(string message) => Scene.Report(family, message);

    /// <summary>Checks one row.</summary>
    protected abstract void Check(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value);

    /// <summary>Checks what only all rows can tell.</summary>
    /// <param name="isWhole">Whether all were read.</param>
    protected virtual void Finish(bool isWhole)
    {
    }
}
