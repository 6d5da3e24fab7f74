using System.CommandLine;
using Map.V1;

namespace Map.Daemon.CommandLine.Queries;

/// <summary>Tells what is wrong with a query, with the place where it is written.</summary>
internal static class QueryErrors
{
    /// <summary>Prints what was found before a daemon was asked.</summary>
    /// <returns>The exit code.</returns>
    public static int Report(ParseResult result, ParsedQuery query) =>
        Report(result, new MapResponse { Errors = { query.Problems.Select(problem => At(new HolonError { Message = problem.Message }, problem.Place)) } });

    /// <summary>Prints what a daemon answered.</summary>
    /// <returns>The exit code.</returns>
    public static int Report(ParseResult result, ParsedQuery query, MapResponse response)
    {
        foreach (var error in response.Errors)
            if (query.Find(error.Field) is { } place) At(error, place);
        return Report(result, response);
    }

    private static int Report(ParseResult result, MapResponse response) =>
        Output.Fail(result, ExitCodes.Refused, string.Join('\n', response.Errors.Select(error => error.Message)), response);

    /// <summary>Puts the place before the message, as compilers do, and into the details where it is one in a file.</summary>
    private static HolonError At(HolonError error, QueryPlace place)
    {
        error.Message = $"{place}: {error.Message}";
        if (place.Line == 0) return error;
        error.Details ??= new ErrorDetails();
        error.Details.Place = new SourcePlace { File = place.Source, Line = (uint)place.Line, Column = (uint)place.Column };
        return error;
    }
}
