using Map.Wasm.Binary;

namespace Map.Wasm.Execution;

/// <summary>Copies the active segments of an instance, as if by the instructions that copy passive ones.</summary>
internal static class Segments
{
    public static void CopyActive(Instance instance)
    {
        var definition = instance.Module.Definition;
        for (var i = 0; i < definition.Elements.Count; i++)
        {
            var segment = definition.Elements[i];
            if (segment.Mode == SegmentMode.Active)
                BulkTable.Init(instance, segment.Table, i, instance.Offset(segment.Offset), 0, segment.Items.Length);
            if (segment.Mode != SegmentMode.Passive) instance.DropElements(i);
        }

        for (var i = 0; i < definition.Data.Count; i++)
        {
            var segment = definition.Data[i];
            if (segment.Mode != SegmentMode.Active) continue;
            BulkMemory.Init(instance, i, instance.Offset(segment.Offset), 0, segment.Length);
            instance.DropData(i);
        }
    }
}
