namespace Map.Wasm.Execution;

/// <summary>What compiled code calls on its rare paths.</summary>
internal static class Traps
{
    public static Exception Create(int code) => new TrapException((TrapCode)code);

    /// <summary>Whether a function has a type; types of different modules are different objects.</summary>
    public static bool AreEqual(FunctionType actual, FunctionType expected) => actual.Equals(expected);

    /// <summary>A function as a value.</summary>
    public static Function FunctionReference(Instance instance, int index) => instance.ElementFunction(index);
}
