using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;
using Map.Wasm.Binary;

namespace Map.Wasm.Compilation;

/// <summary>Compiles a validated module: to IL in an assembly of its own, and that at once to native code.</summary>
internal static class ModuleCompiler
{
    /// <summary>Compiles a module.</summary>
    /// <exception cref="ModuleException">The runtime refused the code.</exception>
    public static CompiledModule Compile(ModuleDefinition module, ModuleLimits limits)
    {
        try
        {
            return CompileCore(module, limits);
        }
        catch (Exception e) when (e is InvalidProgramException or TypeLoadException or NotSupportedException or BadImageFormatException)
        {
            throw new ModuleException(ModuleError.NotCompiled, 0, $"the runtime refused the code: {e.Message}", e);
        }
    }

    private static CompiledModule CompileCore(ModuleDefinition module, ModuleLimits limits)
    {
        var assembly = AssemblyBuilder.DefineDynamicAssembly(new AssemblyName(GuestMethods.AssemblyName), AssemblyBuilderAccess.RunAndCollect);
        var builder = assembly.DefineDynamicModule("Guest")
            .DefineType("Guest", TypeAttributes.Public | TypeAttributes.Sealed, typeof(Instance));
        var layout = new ModuleLayout(module, builder);
        for (var i = 0; i < module.ImportedFunctions; i++) ImportCompiler.Emit(layout, i);
        var compiler = new FunctionCompiler(layout, limits);
        for (var i = 0; i < module.Bodies.Count; i++) compiler.Compile(module.ImportedFunctions + i, module.Bodies[i]);
        layout.EmitCreate();
        var type = builder.CreateType();
        // Tokens are given in the order in which methods were defined, which is that of the functions.
        var methods = type.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.DeclaredOnly)
            .OrderBy(method => method.MetadataToken).ToArray();
        foreach (var method in methods) RuntimeHelpers.PrepareMethod(method.MethodHandle);
        var maxResults = module.Functions.Concat(module.Types).Select(each => each.Results.Length).DefaultIfEmpty().Max();
        return new CompiledModule(methods[^1], methods[..^1], maxResults, module.Exports);
    }
}
