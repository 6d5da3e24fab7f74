using System.Collections.Immutable;
using System.Reflection;

namespace Map.Wasm;

/// <summary>The type of a function. Two of them are equal when they have the same kinds in the same order.</summary>
public sealed record FunctionType : ExternType
{
    private readonly int _hash;

    /// <summary>A type.</summary>
    public FunctionType(IEnumerable<ValueKind> parameters, IEnumerable<ValueKind> results)
    {
        Parameters = [.. parameters];
        Results = [.. results];
        var hash = default(HashCode);
        foreach (var kind in Parameters) hash.Add((byte)kind);
        hash.Add(Parameters.Length);
        foreach (var kind in Results) hash.Add((byte)kind);
        _hash = hash.ToHashCode();
    }

    /// <summary>The kinds of its parameters.</summary>
    public ImmutableArray<ValueKind> Parameters { get; }

    /// <summary>The kinds of its results.</summary>
    public ImmutableArray<ValueKind> Results { get; }

    /// <inheritdoc/>
    public override ExternKind Kind => ExternKind.Function;

    /// <summary>The type that a delegate type stands for, less a first parameter of type <see cref="Caller"/>.</summary>
    /// <exception cref="ArgumentException">A parameter or the result has no counterpart in WebAssembly.</exception>
    public static FunctionType FromDelegate(Type type)
    {
        var invoke = InvokeOf(type);
        var parameters = invoke.GetParameters().Select(each => each.ParameterType).ToList();
        if (parameters.Count > 0 && parameters[0] == typeof(Caller)) parameters.RemoveAt(0);
        return new FunctionType(
            parameters.Select(KindOf),
            invoke.ReturnType == typeof(void) ? [] : [KindOf(invoke.ReturnType)]);
    }

    /// <inheritdoc/>
    public bool Equals(FunctionType? other) =>
        ReferenceEquals(this, other)
        || (other is not null && _hash == other._hash
            && Parameters.AsSpan().SequenceEqual(other.Parameters.AsSpan()) && Results.AsSpan().SequenceEqual(other.Results.AsSpan()));

    /// <inheritdoc/>
    public override int GetHashCode() => _hash;

    /// <inheritdoc/>
    public override string ToString() => $"({Names(Parameters)}) -> ({Names(Results)})";

    internal static MethodInfo InvokeOf(Type type) =>
        type.GetMethod("Invoke") ?? throw new ArgumentException($"{type} is not a delegate type.", nameof(type));

    /// <summary>The type of .NET that a compiled function returns; several results go through the store.</summary>
    internal Type ClrReturn() => Results.Length == 1 ? Results[0].ClrType() : typeof(void);

    /// <summary>The parameters of a compiled function: its own, and last what it is bound to.</summary>
    internal Type[] ClrParameters() => [.. Parameters.Select(each => each.ClrType()), typeof(object)];

    private static ValueKind KindOf(Type type) => ValueKinds.FromClrType(type) is var kind && kind != ValueKind.Unknown
        ? kind
        : throw new ArgumentException($"{type} has no counterpart in WebAssembly; int, long, float, double, Function and object have.", nameof(type));

    private static string Names(ImmutableArray<ValueKind> kinds) => string.Join(", ", kinds.Select(kind => kind.Name()));
}
