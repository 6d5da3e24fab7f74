using Map.Wasm.Binary;

namespace Map.Wasm.Validation;

/// <summary>Validates what the decoder could not see section by section: the start function and all code.</summary>
internal static class ModuleValidator
{
    /// <summary>Validates a module and records the facts that its compilation needs.</summary>
    /// <exception cref="ModuleException">It is invalid or malformed.</exception>
    public static void Validate(ModuleDefinition module, ModuleLimits limits)
    {
        if (module.Start is { } start && (module.Functions[start].Parameters.Length > 0 || module.Functions[start].Results.Length > 0))
            throw ModuleException.Invalid(0, $"start function {start} must have no parameters and no results");
        var validator = new FunctionValidator(module, limits);
        for (var i = 0; i < module.Bodies.Count; i++)
            module.Bodies[i].Facts = validator.Validate(module.Bodies[i], module.Functions[module.ImportedFunctions + i]);
    }
}
