using Map.Core.Errors;
using Map.Core.Identity;
using Map.Core.Types;
using Map.Core.Values;
using Map.Core.Views;

namespace Map.Core.Dancing;

/// <summary>
/// Reads which code a holon names. What is staged need not be whole, so that each property may be missing and text may
/// stand for a variant.
/// </summary>
internal sealed class CodeReader(TransactionView view)
{
    /// <summary>The code that carries out a dance, by its implementation.</summary>
    /// <exception cref="HolonException">A property is missing, or names an engine that there is not.</exception>
    public DanceCode Implementation(LocalId holon)
    {
        switch (Text(holon, CoreSchema.Engine))
        {
            case "Builtin": return new BuiltinCode(Text(holon, CoreSchema.Entrypoint));
            case "Guest": return new GuestCode(Guest(holon));
            case var engine:
                throw new HolonException(
                    HolonErrorCode.UnknownVariant,
                    $"\"{CoreSchema.Engine}\" of {view.Display(holon)} is \"{engine}\"; an engine is Builtin or Guest.",
                    view.ReferenceTo(holon),
                    CoreSchema.Engine);
        }
    }

    /// <summary>The entry point that a holon names.</summary>
    /// <exception cref="HolonException">A property is missing.</exception>
    public GuestEntry Guest(LocalId holon) =>
        new(Text(holon, CoreSchema.ModuleRef), Text(holon, CoreSchema.Entrypoint), Text(holon, CoreSchema.AbiId));

    /// <summary>What code is called: by its implementation name, else as holons are named.</summary>
    public string NameOf(LocalId holon) =>
        view.Descriptors.Properties(holon)?[CoreSchema.ImplementationName] is StringValue name ? $"\"{name.Value}\"" : view.Display(holon);

    private string Text(LocalId holon, string property) => view.Descriptors.Properties(holon)?[property] switch
    {
        StringValue { Value.Length: > 0 } text => text.Value,
        EnumValue variant => variant.Variant,
        _ => throw new HolonException(
            HolonErrorCode.MissingRequired,
            $"{view.Display(holon)} does not say its \"{property}\", so that it cannot be run. Give it one.",
            view.ReferenceTo(holon),
            property),
    };
}
