using Map.Hub;
using Map.Bench.V1;
using Map.Core.Identity;
using Map.Rpc;
using Map.Storage;

namespace Map.Bench.Server;

/// <summary><c>map.bench.v1.Bench</c>.</summary>
internal static class BenchService
{
    public static GrpcService Bind(SpaceCatalog catalog) =>
        GrpcService.In(BenchReflection.Descriptor, "Bench")
            .Unary<EchoMessage, EchoMessage>("Echo", AccessScope.Read, static (request, _) => ValueTask.FromResult(request))
            .Unary<MeasureHeapRequest, MeasureHeapResponse>(
                "MeasureHeap", AccessScope.Admin, static (_, _) => ValueTask.FromResult(MeasureHeap()))
            .Unary<DumpRowsRequest, DumpRowsResponse>(
                "DumpRows", AccessScope.Admin, (request, _) => ValueTask.FromResult(DumpRows(catalog, request)));

    private static MeasureHeapResponse MeasureHeap()
    {
        for (var i = 0; i < 2; i++)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }

        return new MeasureHeapResponse
        {
            HeapBytes = (ulong)GC.GetTotalMemory(forceFullCollection: true),
            ResidentBytes = (ulong)Environment.WorkingSet,
        };
    }

    private static DumpRowsResponse DumpRows(SpaceCatalog catalog, DumpRowsRequest request)
    {
        var store = (HolonStore)catalog.Open(new SpaceId(LocalId.Read(request.SpaceId.Span)));
        return new DumpRowsResponse { Rows = (ulong)RowFile.Write(request.Path, store.Rows) };
    }
}
