using Map.Wasm.Binary;

namespace Map.Wasm.Execution;

/// <summary>What an instance is put together from: imported things first, then its own.</summary>
internal sealed class InstanceParts(Module module, Store store)
{
    public Module Module { get; } = module;

    public Store Store { get; } = store;

    /// <summary>The imported functions.</summary>
    public Function[] Functions = new Function[module.Definition.ImportedFunctions];

    public Global[] Globals = new Global[module.Definition.Globals.Count];

    public Table[] Tables = new Table[module.Definition.Tables.Count];

    public List<FunctionType> Types => Module.Definition.Types;

    public Memory? Memory { get; set; }

    /// <summary>Makes what the module has of its own.</summary>
    /// <exception cref="LinkException">A limit of the store forbids it.</exception>
    public void AddOwn()
    {
        var definition = Module.Definition;
        for (var i = definition.ImportedTables; i < Tables.Length; i++) Tables[i] = new Table(Store, definition.Tables[i]);
        if (definition.Memories.Count > definition.ImportedMemories) Memory = new Memory(Store, definition.Memories[0]);
        for (var i = definition.ImportedGlobals; i < Globals.Length; i++)
        {
            var value = definition.GlobalValues[i - definition.ImportedGlobals];
            Globals[i] = new Global(definition.Globals[i]);
            if (value.Opcode != Opcode.RefFunc) Globals[i].Cell = Evaluate(value, instance: null);
        }
    }

    /// <summary>The value of a constant expression.</summary>
    public GlobalCell Evaluate(ConstantExpression expression, Instance? instance) => expression.Opcode switch
    {
        Opcode.GlobalGet => Globals[expression.Index].Cell,
        Opcode.RefFunc => new GlobalCell { Reference = instance!.ElementFunction(expression.Index) },
        Opcode.RefNull => default,
        _ => new GlobalCell { I64 = expression.Bits },
    };
}
