using System.Reflection;
using Map.Wasm.Execution;

namespace Map.Wasm.Compilation;

/// <summary>Members of the engine that compiled code uses.</summary>
internal static class Members
{
    private const BindingFlags All = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static;

    public static FieldInfo InstanceStore { get; } = Field(typeof(Instance), nameof(Instance.Store));

    public static FieldInfo InstanceMemory { get; } = Field(typeof(Instance), nameof(Instance.MemoryOrNull));

    public static FieldInfo MemoryStart { get; } = Field(typeof(Memory), nameof(Memory.Start));

    public static FieldInfo MemoryLength { get; } = Field(typeof(Memory), nameof(Memory.Length));

    public static FieldInfo StoreFuelLeft { get; } = Field(typeof(Store), nameof(Store.FuelLeft));

    public static FieldInfo StoreFuelFloor { get; } = Field(typeof(Store), nameof(Store.FuelFloor));

    public static FieldInfo StoreZero { get; } = Field(typeof(Store), nameof(Store.Zero));

    public static FieldInfo StoreStackLimit { get; } = Field(typeof(Store), nameof(Store.StackLimit));

    public static FieldInfo StoreCallingInstance { get; } = Field(typeof(Store), nameof(Store.CallingInstance));

    public static MethodInfo StoreStop { get; } = Method(typeof(Store), nameof(Store.Stop));

    public static FieldInfo FunctionCode { get; } = Field(typeof(Function), nameof(Function.Code));

    public static FieldInfo FunctionTarget { get; } = Field(typeof(Function), nameof(Function.Target));

    public static FieldInfo FunctionStore { get; } = Field(typeof(Function), nameof(Function.Store));

    public static MethodInfo FunctionTypeOf { get; } = typeof(Function).GetProperty(nameof(Function.Type))!.GetMethod!;

    public static FieldInfo TableElements { get; } = Field(typeof(Table), nameof(Table.Elements));

    public static MethodInfo TypesEqual { get; } = Method(typeof(Traps), nameof(Traps.AreEqual));

    public static MethodInfo OfAnotherStore { get; } = Method(typeof(Traps), nameof(Traps.OfAnotherStore));

    public static MethodInfo CreateTrap { get; } = Method(typeof(Traps), nameof(Traps.Create));

    /// <summary>The field of a global's cell that holds values of a kind.</summary>
    public static FieldInfo CellField(ValueKind kind) =>
        Field(typeof(GlobalCell), kind.IsReference() ? nameof(GlobalCell.Reference) : kind.ToString());

    public static FieldInfo GlobalCellField { get; } = Field(typeof(Global), nameof(Global.Cell));

    public static MethodInfo PutResult(ValueKind kind) => Method(typeof(ResultSlots), "Put" + ResultSlots.Suffix(kind));

    public static MethodInfo TakeResult(ValueKind kind) => Method(typeof(ResultSlots), "Take" + ResultSlots.Suffix(kind));

    public static MethodInfo Method(Type type, string name) =>
        type.GetMethod(name, All) ?? throw new MissingMethodException(type.Name, name);

    private static FieldInfo Field(Type type, string name) => type.GetField(name, All) ?? throw new MissingFieldException(type.Name, name);
}
