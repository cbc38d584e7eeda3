// cld2.cc: what CLD2 says of each line of the standard input; with an argument, of the whole input, that many times, and how fast: MB a second of the processor.
#include <cstdio>
#include <vector>

#include <cld2/public/compact_lang_det.h>
#include <cld2/public/encodings.h>

#include <ctime>
#include <cstdlib>
#include <iostream>
#include <iterator>
#include <string>

int main(int argc, char **argv)
{
    bool is_reliable;
    std::string line;

    if (argc > 1) {
        std::string all((std::istreambuf_iterator<char>(std::cin)), std::istreambuf_iterator<char>());
        std::clock_t begin = std::clock();
        for (int i = 0; i < std::atoi(argv[1]); i++)
            CLD2::DetectLanguage(all.data(), (int)all.size(), true, &is_reliable);
        double took = (double)(std::clock() - begin) / CLOCKS_PER_SEC;
        std::cout << (double)all.size() * std::atoi(argv[1]) / took / 1e6 << "\n";
        return 0;
    }
    while (std::getline(std::cin, line))
        std::cout << CLD2::LanguageCode(CLD2::DetectLanguage(line.data(), (int)line.size(), true, &is_reliable)) << "\n";
}
