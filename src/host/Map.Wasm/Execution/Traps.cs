namespace Map.Wasm.Execution;

/// <summary>What compiled code calls on its rare paths.</summary>
internal static class Traps
{
    public static Exception Create(int code) => new TrapException((TrapCode)code);

    /// <summary>A function of another store would run without this one's fuel and on another's stack limit.</summary>
    public static Exception OfAnotherStore() =>
        new InvalidOperationException("The embedder passed a function of one store to a guest of another; the guest called it.");

    /// <summary>Whether a function has a type; types of different modules are different objects.</summary>
    public static bool AreEqual(FunctionType actual, FunctionType expected) => actual.Equals(expected);

    /// <summary>A function as a value.</summary>
    public static Function FunctionReference(Instance instance, int index) => instance.ElementFunction(index);
}
