using Map.V1;
using static Map.Hub.Tests.TestTransaction;

namespace Map.Hub.Tests.Dances;

/// <summary>Stages dances over the core schema.</summary>
internal static class DanceSteps
{
    /// <summary>The key of a dance.</summary>
    public static string KeyOf(string name) => $"{name}.DanceType";

    /// <summary>Stages a dance with its code.</summary>
    /// <param name="transaction">Where.</param>
    /// <param name="name">Its name.</param>
    /// <param name="type">The key of the type that affords it.</param>
    /// <param name="builtin">The built-in dance that carries it out.</param>
    /// <param name="request">The key of the type of its request; null for none.</param>
    public static void Add(TestTransaction transaction, string name, string type, string builtin, string? request = null)
    {
        AddType(transaction, name, type, request);
        Implement(transaction, name, builtin);
    }

    /// <summary>Stages a dance without code.</summary>
    public static HolonReference AddType(TestTransaction transaction, string name, string type, string? request = null)
    {
        var dance = transaction.StageOf(
            "MetaDanceType.MetaHolonType", KeyOf(name), ("TypeName", Text(name)), ("DisplayName", Text(name)), ("Description", Text(name)));
        transaction.Add(dance, "Extends", transaction.ByKey("DanceType.HolonType"));
        transaction.Add(dance, "ComponentOf", transaction.ByKey(TestSchema.Schema));
        transaction.Add(dance, "DanceAffordedBy", transaction.ByKey(type));
        if (request is not null) transaction.Add(dance, "RequestType", transaction.ByKey(request));
        return dance;
    }

    /// <summary>Stages an implementation of a dance.</summary>
    public static HolonReference Implement(TestTransaction transaction, string dance, string builtin, string? name = null)
    {
        name ??= $"{dance} (code)";
        var code = transaction.StageOf(
            "DanceImplementation.HolonType", name, ("ImplementationName", Text(name)), ("Engine", Text("Builtin")), ("Entrypoint", Text(builtin)));
        transaction.Add(code, "ForDance", transaction.ByKey(KeyOf(dance)));
        return code;
    }
}
