using System.Reflection;
using Map.Core.Errors;
using Map.Wasm;

namespace Map.Guests.Abi;

/// <summary>A function that guests may import.</summary>
internal sealed class GuestImport
{
    private GuestImport(string name, MethodInfo function, Delegate callback)
    {
        Name = name;
        Parameters = [.. function.GetParameters().Skip(1).Select(parameter => parameter.Name!)];
        Callback = callback;
    }

    /// <summary>Its name in the module <c>map</c>.</summary>
    public string Name { get; }

    /// <summary>The names of its parameters, all of them i32, as its result is.</summary>
    public IReadOnlyList<string> Parameters { get; }

    /// <summary>What the linker calls.</summary>
    public Delegate Callback { get; }

    public static GuestImport Of(string name, Func<GuestCall, int> function) =>
        new(name, function.Method, (Caller caller) => Guard(caller, function, static (call, f) => f(call)));

    public static GuestImport Of(string name, Func<GuestCall, int, int> function) =>
        new(name, function.Method, (Caller caller, int a) => Guard(caller, (function, a), static (call, x) => x.function(call, x.a)));

    public static GuestImport Of(string name, Func<GuestCall, int, int, int> function) => new(
        name, function.Method, (Caller caller, int a, int b) => Guard(caller, (function, a, b), static (call, x) => x.function(call, x.a, x.b)));

    public static GuestImport Of(string name, Func<GuestCall, int, int, int, int> function) => new(
        name, function.Method,
        (Caller caller, int a, int b, int c) => Guard(caller, (function, a, b, c), static (call, x) => x.function(call, x.a, x.b, x.c)));

    public static GuestImport Of(string name, Func<GuestCall, int, int, int, int, int> function) => new(
        name, function.Method,
        (Caller caller, int a, int b, int c, int d) =>
            Guard(caller, (function, a, b, c, d), static (call, x) => x.function(call, x.a, x.b, x.c, x.d)));

    public static GuestImport Of(string name, Func<GuestCall, int, int, int, int, int, int> function) => new(
        name, function.Method,
        (Caller caller, int a, int b, int c, int d, int e) =>
            Guard(caller, (function, a, b, c, d, e), static (call, x) => x.function(call, x.a, x.b, x.c, x.d, x.e)));

    /// <summary>Charges the call, and turns what the guest is to know into a number. All else ends the guest.</summary>
    private static int Guard<TArguments>(Caller caller, TArguments arguments, Func<GuestCall, TArguments, int> function)
    {
        var call = GuestCall.Of(caller);
        try
        {
            return function(call, arguments);
        }
        catch (AbiException e)
        {
            call.Charge(Fuel.Refusal);
            return (int)e.Result;
        }
        catch (HolonException e)
        {
            call.Charge(Fuel.Refusal);
            return (int)call.Refused(e);
        }
    }
}
